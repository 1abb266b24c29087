async def first(iterator):
    return await anext(iterator)
