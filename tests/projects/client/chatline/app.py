"""The program: reads prompts from the queue, streams answers, keeps them in the database."""

import asyncio
import sys

from . import store
from .llm import BatchedTokens, ChatClient, connect
from .store import Database, JobQueue, Ticker


class Screen:
    def __init__(self, out=sys.stdout):
        self.out = out

    async def show(self, tokens):
        async for token in tokens:
            self.out.write(token)
            self.out.flush()


class App:
    def __init__(self, url, path):
        self.client = ChatClient(url)
        self.db = Database(path)
        self.queue = JobQueue()
        self.screen = Screen()
        self.answers = {}

    async def start(self):
        await self.db.connect()

    async def answer(self, prompt):
        stream = self.client.stream(prompt)
        await self.screen.show(stream)

    async def answer_in_batches(self, prompt):
        async for batch in BatchedTokens(self.client.stream(prompt), size=4):
            self.screen.out.write("".join(batch))

    async def collect(self, prompt):
        return list(self.client.stream(prompt))  # error: sync-consumer

    async def show_messages(self):
        for row in self.db.query("SELECT * FROM messages"):  # error: sync-for-over-async
            print(row["text"])

    async def show_recent(self):
        cursor = await self.db.execute("SELECT * FROM messages LIMIT 10")
        async for row in cursor:
            print(row["text"])

    async def show_table(self, name):
        table = self.db.table(name)
        async for row in table:
            print(row)
        async for row in table:
            print(row["text"])

    async def show_help(self):
        async for line in self.help_lines():  # error: async-for-over-sync
            print(line)

    def help_lines(self):
        yield "Type a question and press Enter."
        yield "Type :quit to leave."

    async def talk(self, prompts):
        conversation = await self.client.conversation("Be brief.")  # error: cm-used-as-value
        for prompt in prompts:
            print(await conversation.say(prompt))

    async def talk_properly(self, prompts):
        async with self.client.conversation("Be brief.") as conversation:
            for prompt in prompts:
                print(await conversation.say(prompt))
            async for message in conversation:
                print(message["content"])

    async def peek(self, prompt):
        """The first token, and then the rest."""
        stream = self.client.stream(prompt)
        first = anext(stream)  # error: anext-not-awaited
        print(first.upper())
        await self.screen.show(stream)

    async def peek_table(self):
        return await anext(self.db.table("messages"))  # error: anext-on-iterable

    async def warm_up(self):
        """Sends a prompt so that the model is loaded."""
        self.client.stream("Hello")  # error: never-iterated

    async def first_row(self):
        cursor = self.db.query("SELECT 1")
        try:
            async for row in cursor:
                return row
        except StopAsyncIteration:  # error: wrong-except
            return None

    async def worker(self):
        async for job in self.queue.jobs:  # error: async-for-over-function
            await self.answer(job)

    async def pull(self):
        loop = asyncio.get_running_loop()
        lines = iter(sys.stdin.readlines())
        while True:
            line = await loop.run_in_executor(None, next, lines)  # error: next-in-executor
            await self.queue.put(line.strip())

    async def stop(self):
        tokens = self.client.stream("Bye")
        async for token in tokens:
            print(token)
        tokens.close()  # error: sync-method-on-asyncgen

    async def clock(self):
        ticker = aiter(Ticker(1.0))
        while True:
            print(await anext(ticker))

    async def run(self):
        await self.start()
        async for job in self.queue.all_jobs():
            await self.answer(job)


async def main():
    app = App("https://llm.example", "chat.db")
    async with connect("https://llm.example") as client:
        async for token in client.stream("Hi"):
            print(token)
    async with store.JobQueue().drain() as jobs:  # error: async-with-over-asyncgen
        print(jobs)
    await app.run()


if __name__ == "__main__":
    asyncio.run(main())
