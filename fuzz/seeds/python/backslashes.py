async def f(a): \
    return \
        aiter(a, \
1)
x \
  = f \
 (1)
