def read():
    from ring import A

    return max(A().other().rows())  # error: sync-consumer
