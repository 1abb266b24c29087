import lib
import lib.inner.leaves
from lib import Client, page_list, pages, records, tools


class App:
    def __init__(self):
        self.client = Client()
        self.other = tools.client()

    def read(self):
        first = [row for row in self.client.rows()]  # error: sync-for-over-async
        second = tuple(self.other.rows())  # error: sync-consumer
        return first, second, self.client.plain()

    async def wait(self):
        await records()  # error: await-asyncgen
        await lib.records()  # error: await-asyncgen
        await lib.pages()  # error: await-asyncgen
        await lib.inner.leaves.pages()  # error: await-asyncgen
        await lib.tools.client().rows()  # error: await-asyncgen
        for page in pages():  # error: sync-for-over-async
            print(page)
        for page in await page_list():
            print(page)
