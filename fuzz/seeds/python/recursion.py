async def f():
    async for x in f(): yield x
a = b
b = a
class C(C): pass
async def g():
    async for x in a: pass
    async for x in C(): pass
