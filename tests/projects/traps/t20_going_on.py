"""A generator that is gone on with."""


async def rows():
    yield "header"
    yield "row"
    yield "row"


async def with_default():
    stream = rows()
    while (row := await anext(stream, None)) is not None:
        print(row)


async def resumed():
    stream = rows()
    async for row in stream:
        if row == "header":
            break
    async for row in stream:
        print(row)


async def header():
    stream = rows()
    print(await anext(stream))
    async for row in stream:
        print(row)


async def either(flag):
    stream = rows()
    if flag:
        async for row in stream:
            print(row)
    else:
        async for row in stream:
            print(row, end="")


async def anew():
    stream = rows()
    async for row in stream:
        print(row)
    stream = rows()
    async for row in stream:
        print(row)
