async def f():
    async with (a() as b, c() as (d, e),): pass
    with open(f) as g, (yield): pass
