async def f(): yield 1; await x; return
class A: __aiter__ = None; a = f(); b = list(a)
