from . import a


class B:
    def other(self):
        return a.A()

    async def rows(self):
        async for row in self.other().rows():
            yield row

    async def wait(self):
        await self.other().rows()  # error: await-asyncgen
        for row in self.other().other().rows():  # error: sync-for-over-async
            print(row)


def endless():
    return a.endless()
