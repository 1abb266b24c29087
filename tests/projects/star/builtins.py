from chain_end import *; from later import *


class Base:
    def rows(self):
        return far()


class Below(Base):
    def read(self):
        # No star brings a `super` or a `next` of its own.
        print(next(super().rows()))  # error: next-on-async
        return list(super().rows()), list(twice())  # error: sync-consumer
