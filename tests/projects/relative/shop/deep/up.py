from ..feed import rows


def both():
    return rows()
