async def rows(n):
    for i in range(n):
        yield i


async def main():
    it = rows(3)
    async for x in it:
        print(x)
    async for x in it:
        print(x)
