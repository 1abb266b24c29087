from . import tools
from .core import Client
from .core import rows as records
from .inner import *
