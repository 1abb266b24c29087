"""What a call gives depends on an argument."""


class Container:
    async def _text(self):
        return ["line"]

    async def _stream(self):
        yield "line"

    def log(self, follow=False):
        if follow:
            return self._stream()
        return self._text()


async def main(container: Container, follow):
    print(await container.log(follow=follow))
    async for line in container.log(follow=follow):
        print(line)
    print(await container.log(follow=False))
    async for line in container.log(follow=True):
        print(line)


async def client(chat, stream, options):
    answer = await chat.completions.create(stream=stream)
    async for event in answer:
        print(event)
    for choice in (await chat.completions.create(**options)).choices:
        print(choice)


async def openai(stream):
    from openai import AsyncOpenAI

    client = AsyncOpenAI()
    answer = await client.chat.completions.create(model="m", messages=[], stream=stream)
    if stream:
        async for event in answer:
            print(event)
    else:
        print(answer.choices)
