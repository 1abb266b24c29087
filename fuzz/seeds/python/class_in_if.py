if 1:
    class A:
        async def __aiter__(self):
            return self
else:
    class A: pass
async def g():
    async for x in A(): pass
