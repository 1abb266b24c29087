async def a():
    async def b():
        async def c():
            yield 1
        return c
    for x in (await b())():
        nonlocal y
