class Feed:
    async def messages async with self.connection as socket:
            return await socket.recv()

    async def all(self):
        async for message in self.messages():
            pass
