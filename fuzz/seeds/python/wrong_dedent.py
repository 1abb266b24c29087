async def f():
        yield 1
    yield 2
list(f())
