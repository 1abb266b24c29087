__all__ = ["_rows", "Client"]
__all__ += ["late"]


async def _rows():
    yield 1


async def hidden():
    yield 1


async def late():
    yield 1


class Client:
    async def rows(self):
        yield 1
