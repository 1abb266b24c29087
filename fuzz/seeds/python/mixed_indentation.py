async def f():
	if 1:
        yield 1
	else:
	    yield 2
for x in f(): pass
