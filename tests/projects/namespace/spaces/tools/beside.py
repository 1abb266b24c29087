from . import make


def read():
    return list(make.client().rows())  # error: sync-consumer
