f = lambda *a, b=(yield), **c: (await aiter(b)) or [x async for x in a]
