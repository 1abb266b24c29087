def f():
    global x, feed
    async def feed():
        yield
    del x
for y in feed(): pass
