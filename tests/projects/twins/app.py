try:
    from fast import lines, rows
except ImportError:
    from slow import lines, rows

try:
    import fast as feed
except ModuleNotFoundError:
    import slow as feed

try:
    from faster_than_all import pages
except ImportError:
    from slow import pages

try:
    from fast import pages as safe
except ImportError:
    safe = None


def read():
    print(list(rows()))  # error: sync-consumer
    print(list(feed.rows()))  # error: sync-consumer
    # One twin gives a list.
    print(list(lines()), list(feed.lines()))
    # What the one that is not here gives is not known.
    print(list(pages()))


def guarded():
    if safe is not None:
        return list(safe())  # error: sync-consumer
    return []
