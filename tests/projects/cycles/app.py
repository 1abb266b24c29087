from ring import A, B
from ring.a import endless


def read():
    print(list(A().rows()))  # error: sync-consumer
    print(list(B().other().rows()))  # error: sync-consumer
    # Nobody ever says what it is.
    return list(endless())
