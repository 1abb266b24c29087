async def f(a):
    match a:
        case AsyncIterator() as b if await b: pass
        case [x, *_, {'k': y, **z}]: yield x
        case A.B | -1+2j | None: ...
        case _: return
