async def f():
    yield 1
list(f())
x = '''
async def g():
