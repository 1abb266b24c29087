async def f(a):
    while (x := await anext(it := aiter(a), None)) is not None:
        if any((y := i) async for i in a): return y
