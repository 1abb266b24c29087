import single
from acme import Client
from acme.feed import plain, rows
from acme.plugins.extra import rows as extra


def read():
    print(list(Client().rows()))  # error: sync-consumer
    print(list(rows()))  # error: sync-consumer
    print(list(extra()))  # error: sync-consumer
    print(list(single.rows()))  # error: sync-consumer
    print(list(plain()))
