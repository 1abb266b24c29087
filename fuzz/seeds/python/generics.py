type Feed[T: int = str, *Ts, **P] = AsyncIterator[T]
class A[T](B[T]):
    async def __anext__[U](self) -> T: ...
async def f[T](a: T) -> AsyncIterator[T]:
    yield a
