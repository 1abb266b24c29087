from chain_end import *


async def rows():
    yield 1


async def _private():
    yield 1


async def twice():
    yield 1
