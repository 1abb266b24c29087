from unlisted import *
from nowhere_to_be_found import *


def read():
    # The second star may bring another one.
    return list(rows())
