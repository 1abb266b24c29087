import spaces.feeds.rows
from spaces.feeds import rows as module
from spaces.feeds.rows import rows
from spaces.tools.make import client


def read():
    print(list(rows()))  # error: sync-consumer
    print(list(module.rows()))  # error: sync-consumer
    print(list(spaces.feeds.rows.rows()))  # error: sync-consumer
    print(list(client().rows()))  # error: sync-consumer
    print(list(client().plain()))
