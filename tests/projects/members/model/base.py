from contextlib import asynccontextmanager


class Source:
    async def rows(self):
        yield 1

    @property
    def stream(self):
        return self.rows()

    @property
    async def pages(self):
        yield [1]

    @classmethod
    def open(cls, url):
        return cls()

    @staticmethod
    async def lines():
        yield "line"

    async def load(self):
        return self.rows()

    def plain(self):
        return [1]

    def __aiter__(self):
        return self.rows()


class Context:
    async def __aenter__(self):
        return Source()

    async def __aexit__(self, *exc):
        return None


@asynccontextmanager
async def opened():
    yield Source()
