from collections.abc import AsyncIterator
from typing import Union

Lines = AsyncIterator[str]
Maybe = Union[AsyncIterator[str], None]


async def rows():
    yield 1


async def query() -> Maybe:
    return rows()


def first():
    return next(rows())


for row in rows():
    print(row)
