import feeds.feed as source
from feeds import feed as other
from feeds.feed import Client as Rows
from feeds.feed import fetch as load
from feeds.feed import rows as stream

again = stream
make = Rows
method = Rows().rows
later = source
list_of = source.plain


def read():
    print(list(stream()))  # error: sync-consumer
    print(list(source.rows()))  # error: sync-consumer
    print(list(other.rows()))  # error: sync-consumer
    print(list(again()))  # error: sync-consumer
    print(list(make().rows()))  # error: sync-consumer
    print(list(method()))  # error: sync-consumer
    print(list(later.rows()))  # error: sync-consumer
    print(list(list_of()))
    print(list(later.plain()))


async def wait():
    print(sorted(await load()), sorted(await other.fetch()))
    local = source.rows
    await local()  # error: await-asyncgen


def changed(flag):
    rows = stream
    if flag:
        rows = list_of
    # One of them is a list.
    return list(rows())
