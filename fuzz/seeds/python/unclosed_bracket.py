async def f():
    yield 1
list(f()
x = [
