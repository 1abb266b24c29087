"""Each `__aiter__` gives a new iterator over one source: a second loop goes on where the first one left off."""


class Stream:
    def __init__(self, response):
        self.response = response
        self._iterator = self._events()

    async def _events(self):
        async for line in self.response.aiter_lines():
            yield line

    async def __aiter__(self):
        async for event in self._iterator:
            yield event


async def main(response):
    stream = Stream(response)
    async for event in stream:
        if event == "header":
            break
    async for event in stream:
        print(event)
