from aioitertools.builtins import *
from aioitertools.itertools import *
