from model.middle import Holder, Middle, Replaced
from model.middle import Pool as P


class Below(Middle):
    def read(self):
        for row in self.rows():  # error: sync-for-over-async
            print(row)
        return list(self.plain())


class App:
    def __init__(self):
        self.holder = Holder()
        self.replaced = Replaced()

    def read(self):
        print(list(self.holder.source.rows()))  # error: sync-consumer
        print(list(self.holder.get().stream))  # error: sync-consumer
        print(list(self.holder.kept))  # error: sync-consumer
        print(list(self.holder.source.pages))  # error: sync-consumer
        print(list(Middle.open("db").rows()))  # error: sync-consumer
        print(list(Middle.lines()))  # error: sync-consumer
        print(list(Middle()))  # error: sync-consumer
        print(list(self.holder.source.plain()))
        print(list(self.replaced.rows()))
        # Whatever it was given.
        print(list(self.holder.given.rows()))

    def unpack(self):
        stream, plain = self.holder.source.both()
        print(list(plain))
        for row in stream:  # error: sync-for-over-async
            print(row)

    async def wait(self):
        await self.holder.source.rows()  # error: await-asyncgen
        source = await self.holder.aget()
        for row in source.rows():  # error: sync-for-over-async
            print(row)
        async for row in source.load():  # error: async-for-over-coroutine
            print(row)
        for row in await source.load():  # error: sync-for-over-async
            print(row)
        return [row async for row in await source.load()]

    async def managers(self):
        async with self.holder.manager() as source:
            print(list(source.rows()))  # error: sync-consumer
        async with self.holder.opened() as source:
            print(list(source.rows()))  # error: sync-consumer
            print(list(source.plain()))
        source = self.holder.opened()
        await source  # error: cm-used-as-value


async def ways(app: App):
    if (rows := app.holder.source.rows()) is not None:
        print(len(rows))  # error: sync-consumer
    print([row for source in [Middle()] for row in source.rows()])  # error: sync-for-over-async
    make = lambda: app.holder.source.rows()
    print(list(make()))  # error: sync-consumer
    match app.holder.get():
        case Middle() as middle:
            print(list(middle.rows()))  # error: sync-consumer


class Short:
    def __init__(self):
        self.x = Middle().rows()

    def read(self):
        return list(self.x)  # error: sync-consumer


class Late:
    """What it needs comes when it connects; until then there is nothing to be asked."""

    def __init__(self, pool: P):
        self.pool = P()
        self.source = None
        self.never = None

    async def connect(self):
        self.source = await self.pool.acquire()

    def read(self):
        for row in self.source.rows():  # error: sync-for-over-async
            print(row)
        print(len(P()["main"].rows()))  # error: sync-consumer
        # Somebody else sets it.
        return list(self.never.rows())
