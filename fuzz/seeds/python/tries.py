async def f(a):
    try: yield 1
    except: yield 2
    finally:
        with suppress(StopAsyncIteration): yield 3
