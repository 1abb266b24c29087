class It:
    def __aiter__(self): return self
    async def __anext__(self):
        if self.i: raise StopIteration
        self.i += 1
        return self.i
class Sub(It): pass
async def f():
    async for x in Sub(): pass
    for y in Sub(): pass
