from feedlib import rows


def read():
    return list(rows())  # error: sync-consumer
