async def f():
    yield 1
for x in f():
    pass
