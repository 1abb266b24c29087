"""A small streaming client for a chat completion API.

    async with ChatClient("https://llm.example") as client:
        async for token in client.stream("Hello!"):
            print(token, end="")
"""

import asyncio
import json
from contextlib import aclosing, asynccontextmanager, closing

import httpx

DONE = "[DONE]"
DEFAULT_MODEL = "small-1"


class StreamError(Exception):
    """The server said something that is no event."""


class Event:
    def __init__(self, name, data):
        self.name = name
        self.data = data

    def json(self):
        return json.loads(self.data)

    @property
    def is_done(self):
        return self.data.strip() == DONE


class LineDecoder:
    """Cuts chunks of bytes into lines."""

    def __init__(self):
        self.buffer = b""

    def feed(self, chunk):
        self.buffer += chunk
        *lines, self.buffer = self.buffer.split(b"\n")
        return [line.decode() for line in lines]

    def flush(self):
        if self.buffer:
            line, self.buffer = self.buffer, b""
            return [line.decode()]
        return []


async def iter_lines(chunks):
    """Lines out of an async iterator of bytes."""
    decoder = LineDecoder()
    async for chunk in chunks:
        for line in decoder.feed(chunk):
            yield line
    for line in decoder.flush():
        yield line


async def iter_events(lines):
    """Server-sent events out of lines."""
    name, data = "message", []
    async for line in lines:
        if not line:
            if data:
                yield Event(name, "\n".join(data))
            name, data = "message", []
        elif line.startswith("event:"):
            name = line[6:].strip()
        elif line.startswith("data:"):
            data.append(line[5:].strip())
    if not data:
        raise StopAsyncIteration  # error: raise-stop-in-asyncgen
    yield Event(name, "\n".join(data))


class EventStream:
    """Iterates the events of one response."""

    def __init__(self, response):
        self.response = response
        self._events = iter_events(iter_lines(response.aiter_bytes()))

    async def __aiter__(self):  # error: aiter-is-coroutine
        return self

    async def __anext__(self):
        event = await self._events.__anext__()
        if event.is_done:
            raise StopAsyncIteration
        return event

    async def close(self):
        await self.response.aclose()


class TokenStream:
    """The text of an answer, token by token."""

    def __init__(self, events):
        self._events = events
        self.text = ""

    def __aiter__(self):
        return self

    async def __anext__(self):
        event = await anext(self._events)
        if event.is_done:
            return StopAsyncIteration  # error: return-stop-async-iteration
        token = event.json()["choices"][0]["delta"].get("content", "")
        self.text += token
        return token


class BatchedTokens:
    """Tokens in batches, so that a screen need not be drawn for each of them."""

    def __init__(self, tokens, size=8):
        self._tokens = tokens
        self._size = size

    def __aiter__(self):
        return self

    async def __anext__(self):
        batch = []
        async for token in self._tokens:
            batch.append(token)
            if len(batch) >= self._size:
                return batch
        if not batch:
            raise StopIteration  # error: anext-raises-stop-iteration
        return batch


class Replay:
    """Plays an answer again that was recorded before."""

    def __init__(self, tokens):
        self._tokens = iter(tokens)

    def __aiter__(self):
        return self

    async def __anext__(self):
        await asyncio.sleep(0)
        return next(self._tokens)  # error: anext-leaks-stop-iteration


class ChatClient:
    def __init__(self, base_url, api_key=None, model=DEFAULT_MODEL):
        self.base_url = base_url
        self.api_key = api_key
        self.model = model
        self.http = httpx.AsyncClient(base_url=base_url)

    async def __aenter__(self):
        return self

    async def __aexit__(self, *exc):
        await self.close()

    async def close(self):
        await self.http.aclose()

    def _payload(self, prompt, **options):
        return {"model": self.model, "messages": [{"role": "user", "content": prompt}], **options}

    async def complete(self, prompt, **options):
        """One answer, all at once."""
        response = await self.http.post("/v1/chat", json=self._payload(prompt, **options))
        response.raise_for_status()
        return response.json()["choices"][0]["message"]["content"]

    async def events(self, prompt, **options):
        payload = self._payload(prompt, stream=True, **options)
        async with self.http.stream("POST", "/v1/chat", json=payload) as response:
            if response.status_code != 200:
                raise StreamError(response.status_code)
            for line in response.iter_lines():  # error: sync-iter-on-async-response
                if line.startswith("data:"):
                    yield Event("message", line[5:].strip())

    async def stream(self, prompt, **options):
        """The tokens of an answer."""
        async for event in self.events(prompt, **options):
            if event.is_done:
                return
            yield event.json()["choices"][0]["delta"].get("content", "")

    async def stream_text(self, prompt, **options):
        """The answer so far, growing."""
        text = ""
        async for token in await self.stream(prompt, **options):  # error: await-asyncgen
            text += token
            yield text

    async def ask(self, prompt):
        """The whole answer, put together from its tokens."""
        return "".join([token for token in self.stream(prompt)])  # error: sync-for-over-async

    async def ask_many(self, prompts):
        return await asyncio.gather(*[self.complete(prompt) for prompt in prompts])

    async def race(self, prompt, models):
        """The first token that any of the models gives."""
        tasks = []
        for model in models:
            other = ChatClient(self.base_url, self.api_key, model)
            tasks.append(asyncio.create_task(other.stream(prompt)))  # error: asyncgen-as-coroutine
        done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        return done.pop().result()

    async def first_token(self, prompt):
        stream = self.stream(prompt)
        token = next(stream)  # error: next-on-async
        await stream.aclose()
        return token

    async def preview(self, prompt, size=20):
        """The beginning of an answer."""
        text = ""
        with closing(self.stream(prompt)) as tokens:  # error: closing-not-aclosing
            async for token in tokens:
                text += token
                if len(text) >= size:
                    break
        return text

    async def preview_safely(self, prompt, size=20):
        text = ""
        async with aclosing(self.stream(prompt)) as tokens:
            async for token in tokens:
                text += token
                if len(text) >= size:
                    break
        return text

    @asynccontextmanager
    async def conversation(self, system):
        """Keeps a history while it is open."""
        history = [{"role": "system", "content": system}]
        try:
            yield Conversation(self, history)
        finally:
            history.clear()


class Conversation:
    def __init__(self, client, history):
        self.client = client
        self.history = history

    async def say(self, text):
        self.history.append({"role": "user", "content": text})
        answer = await self.client.complete(text)
        self.history.append({"role": "assistant", "content": answer})
        return answer

    async def __aiter__(self):
        for message in self.history:
            yield message


def connect(url, **options):
    """A client, for those who do not like classes."""
    return ChatClient(url, **options)
