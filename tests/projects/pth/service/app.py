from acme import Client
from feedlib import rows


def read():
    print(list(Client().rows()))  # error: sync-consumer
    print(list(Client().plain()))
    return list(rows())  # error: sync-consumer
