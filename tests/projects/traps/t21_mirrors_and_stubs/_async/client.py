from .base import Base


class Client(Base):
    async def rows(self):
        yield 1

    async def read(self):
        return [row async for row in self.rows()]
