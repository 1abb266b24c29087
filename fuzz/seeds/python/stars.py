async def f(*a, **k):
    return [*g()], {*x.y}, {**z}, *a, print(*aiter(a, *k), **k)
x, *y = f()
