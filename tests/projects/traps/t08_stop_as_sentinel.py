"""Stop classes as values of their own."""


def name_of(error):
    if error is StopAsyncIteration:
        return "end"
    return "error"


def stop_class():
    return StopAsyncIteration


async def first(iterator):
    item = await anext(iterator, StopAsyncIteration)
    if item is StopAsyncIteration:
        return None
    return item


def first_of(iterator):
    item = next(iterator, StopIteration)
    return None if item is StopIteration else item


async def every(iterator):
    while (item := await anext(iterator, StopAsyncIteration)) is not StopAsyncIteration:
        print(item)
