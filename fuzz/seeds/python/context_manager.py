from contextlib import asynccontextmanager, aclosing
@asynccontextmanager
async def conn():
    yield 1
async def f():
    async with conn() as c, aclosing(g()) as d:
        async for x in d: await c
async def g():
    yield
