from listed import *
from unlisted import *
from later import *


def hidden():
    return [1]


def _private():
    return [1]


def read():
    print(list(_rows()))  # error: sync-consumer
    print(list(Client().rows()))  # error: sync-consumer
    print(list(late()))  # error: sync-consumer
    print(list(rows()))  # error: sync-consumer
    print(list(far()))  # error: sync-consumer
    print(list(hidden()), list(_private()))
    print(list(twice()))
