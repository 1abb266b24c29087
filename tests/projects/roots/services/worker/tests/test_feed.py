from feed import rows


def test_rows():
    assert list(rows()) == [1]
