"""Transcripts in docstrings are no code.

>>> async for row in rows():
...     print(row)
>>> await rows()
>>> list(rows())
"""


async def rows():
    """Rows.

    Use it so::

        for row in rows():
            print(row)

    or so:

    >>> rows = await rows()
    """
    yield 1
