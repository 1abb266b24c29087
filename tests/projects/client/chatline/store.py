"""Where answers are kept and jobs wait: a database over aiosqlite-like connections, and a queue."""

import asyncio
import functools
import time
from collections import deque
from contextlib import asynccontextmanager, contextmanager


class Row:
    def __init__(self, columns, values):
        self.columns = columns
        self.values = values

    def __getitem__(self, name):
        return self.values[self.columns.index(name)]


class Cursor:
    """The rows of one query."""

    def __init__(self, connection, query, parameters=()):
        self.connection = connection
        self.query = query
        self.parameters = parameters
        self._page = deque()
        self._is_done = False

    def __aiter__(self):
        return self

    async def __anext__(self):
        if not self._page and not self._is_done:
            await self._fetch_page()
        if not self._page:
            raise StopAsyncIteration
        return self._page.popleft()

    async def _fetch_page(self):
        columns, values = await self.connection.fetch(self.query, self.parameters)
        self._page.extend(Row(columns, value) for value in values)
        self._is_done = not values

    async def fetchall(self):
        return [row async for row in self]


class Table:
    """All rows of a table; each loop asks anew."""

    def __init__(self, connection, name):
        self.connection = connection
        self.name = name

    def __aiter__(self):
        return Cursor(self.connection, f"SELECT * FROM {self.name}")


class Changes:
    """What changes in a table, as it happens."""

    def __init__(self, table, queue):
        self.table = table
        self.queue = queue

    def __aiter__(self):
        return self

    def __anext__(self):
        return {"table": self.table, "row": self.queue.popleft()}  # error: anext-not-awaitable


class Snapshot:
    """A table as it was."""

    def __init__(self, rows):
        self.rows = list(rows)

    def __aiter__(self):
        return iter(self.rows)  # error: aiter-returns-non-iterator


class Database:
    def __init__(self, path):
        self.path = path
        self.connection = None

    async def connect(self):
        self.connection = await open_connection(self.path)
        return self

    async def execute(self, query, parameters=()):
        """Runs a query; await it, then loop over the cursor."""
        cursor = Cursor(self.connection, query, parameters)
        await cursor._fetch_page()
        return cursor

    def query(self, query, parameters=()):
        """A cursor right away, without await."""
        return Cursor(self.connection, query, parameters)

    def table(self, name):
        return Table(self.connection, name)

    async def rows(self, query, size=100):
        offset = 0
        while True:
            page = await self.connection.fetch(f"{query} LIMIT {size} OFFSET {offset}", ())
            if not page:
                break
            for row in page:
                yield row
            offset += size

    @functools.lru_cache(maxsize=32)  # error: cached-asyncgen
    async def columns(self, table):
        async for row in self.rows(f"PRAGMA table_info({table})"):
            yield row["name"]

    @contextmanager  # error: asyncgen-as-sync-contextmanager
    async def transaction(self):
        await self.connection.begin()
        try:
            yield self
        finally:
            await self.connection.commit()

    @asynccontextmanager
    async def cursor(self, query):
        cursor = self.query(query)
        try:
            yield cursor
        finally:
            await self.connection.release(cursor)

    async def first(self, query):
        async for row in self.execute(query):  # error: async-for-over-coroutine
            return row
        return None

    async def count(self, query):
        return len(self.rows(query))  # error: sync-consumer

    async def exists(self, query):
        if self.rows(query):  # error: asyncgen-in-condition
            return True
        return False

    async def export(self, query, path):
        rows = self.rows(query)
        total = 0
        async for row in rows:
            total += 1
        with open(path, "w") as file:
            file.write(f"{total} rows\n")
            async for row in rows:  # error: reuse-exhausted
                file.write(f"{row}\n")

    async def vacuum(self):
        async for name in self.tables():
            await self.connection.fetch(f"VACUUM {name}", ())

    async def tables(self):
        async for row in self.rows("SELECT name FROM sqlite_master"):
            yield row["name"]


async def open_connection(path):
    await asyncio.sleep(0)
    return Connection(path)


class Connection:
    def __init__(self, path):
        self.path = path
        self.pages = []

    async def fetch(self, query, parameters):
        await asyncio.sleep(0)
        return self.pages.pop() if self.pages else []

    async def begin(self):
        await asyncio.sleep(0)

    async def commit(self):
        await asyncio.sleep(0)

    async def release(self, cursor):
        await asyncio.sleep(0)


class JobQueue:
    """Jobs that wait for a worker."""

    def __init__(self, limit=100):
        self._queue = asyncio.Queue(limit)
        self._is_closed = False

    async def put(self, job):
        await self._queue.put(job)

    def close(self):
        self._is_closed = True

    async def _take(self):
        return await self._queue.get()

    async def jobs(self):
        """Jobs as they come, until the queue is closed."""
        while not self._is_closed:
            yield self._take()  # error: asyncgen-yields-unawaited

    async def drain(self):
        """What is left."""
        while not self._queue.empty():
            yield self._queue.get_nowait()

    async def everything(self):
        yield from self.drain()  # error: yield-from-async

    async def all_jobs(self):
        async for job in self.drain():
            yield job


class Ticker:
    """Ticks at an interval; iterate it with `async for`."""

    def __init__(self, interval):
        self.interval = interval
        self.started = time.monotonic()

    def __aiter__(self):
        return self

    async def __anext__(self):
        await asyncio.sleep(self.interval)
        return time.monotonic() - self.started
