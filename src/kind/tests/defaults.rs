//! What stands in for parameters that nobody has to fill.

use super::check;

#[test]
fn what_stands_in_is_what_the_parameter_is_like() {
    check(
        "
import unseen
class Client:
    async def rows(self): yield 1
def either(client=None):
    client = client or Client()
    now = client  # kind: a `Client`
def chosen(client=None):
    now = client if client is not None else Client()  # kind: a `Client`
def other_way_round(client=None):
    now = Client() if not client else client  # kind: a `Client`
def by_another(client=None, flag=False):
    now = client if flag else Client()  # kind: unknown
def set_when_missing(client=None):
    if client is None:
        client = Client()
    now = client  # kind: a `Client`
def set_now_and_then(client=None, flag=False):
    if flag:
        client = Client()
    now = client  # kind: unknown
def needed(client):
    client = client or Client()
    now = client  # kind: unknown
def told_apart(client=None):
    client = client or Client()
    if isinstance(client, unseen.Other):
        return
    now = client  # kind: unknown
",
    );
}

#[test]
fn an_attribute_keeps_what_stands_in() {
    check(
        "
class Client:
    async def rows(self): yield 1
class Kept:
    def __init__(self, client=None, other=None):
        self.client = client or Client()
        self.other = other
    def use(self):
        now = self.client.rows()  # kind: an async generator
        unknown = self.other  # kind: unknown
",
    );
}
