@(yield)
@a.b[0](c)
@lambda f: f
async def f(): yield
