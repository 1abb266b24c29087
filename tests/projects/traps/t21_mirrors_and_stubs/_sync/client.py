from .base import Base


class Client(Base):
    def rows(self):
        yield 1

    def read(self):
        return [row for row in self.rows()]
