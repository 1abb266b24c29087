from .a import *
from . import b as c
import d.e, f as g
from asyncio import as_completed
async def h():
    async for x in as_completed([]): await x
