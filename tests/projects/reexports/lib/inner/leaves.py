async def pages():
    yield "one"


async def page_list():
    return ["one"]
