from . import b


class A:
    def other(self):
        return b.B()

    async def rows(self):
        yield 1

    def read(self):
        return list(self.other().rows())  # error: sync-consumer


def endless():
    return b.endless()
