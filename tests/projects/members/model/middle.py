from .base import Context, Source, opened


class Middle(Source):
    def both(self):
        return self.rows(), self.plain()


class Replaced(Source):
    def rows(self):
        return [1]


class Holder:
    def __init__(self, source=None):
        self.source = Middle()
        self.given = source
        self.kept = self.source.rows()

    def get(self):
        return self.source

    async def aget(self):
        return self.source

    def manager(self):
        return Context()

    def opened(self):
        return opened()


class Pool:
    async def acquire(self):
        return Middle()

    def __getitem__(self, name):
        return Middle()
