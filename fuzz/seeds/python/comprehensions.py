async def f(a):
    return [x async for x in a if await x], {y: z async for y, z in a}, (i async for i in (j async for j in a))
