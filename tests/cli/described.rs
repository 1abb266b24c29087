//! What a project says itself about libraries: stubs of its own, and the table of kinds.

use super::project::Project;

const APP: &str = "import shop
from shop import Client, rows
from bank import entries


def plain():
    for row in rows('x'):
        print(row)
    return list(entries('monday'))


async def asynchronous():
    client = Client()
    await client.pages(1)
    async for answer in client.get('y'):
        print(answer)
    async for one in client:
        print(one)
    client.other()
    again = shop.rows()
    async for row in again:
        print(row)
    async for row in again:
        print(row)
";

const SETTINGS: &str = "stubs = ['typings']

[kinds]
'shop.rows' = 'one-pass'
'shop.Client.pages' = 'async-generator'
'shop.Client.get' = 'coroutine'
";

#[test]
fn libraries_are_what_the_settings_say() {
    let stub = "from collections.abc import AsyncIterator\ndef entries(day: str) -> AsyncIterator[int]: ...\n";
    let project = Project::new(&[("aiterlint.toml", SETTINGS), ("typings/bank/__init__.pyi", stub), ("app.py", APP)]);
    project.run("lint --output-format concise app.py").code(1).stdout_eq(
        "app.py:7:16: error[sync-for-over-async] a plain `for` cannot loop over an async iterator
app.py:9:17: error[sync-consumer] `list` cannot loop over an async iterator
app.py:14:5: error[await-asyncgen] an async generator cannot be awaited: it is looped over with `async for`
app.py:15:25: error[async-for-over-coroutine] this is a coroutine, and `async for` does not await it
app.py:23:22: warning[reuse-exhausted] this async iterator is already used up: nothing comes out of it here
",
    );
}

#[test]
fn without_them_nothing_is_known() {
    let project = Project::new(&[("aiterlint.toml", ""), ("app.py", APP)]);
    project.run("lint --output-format concise app.py").code(0).stdout_eq("");
}

#[test]
fn what_is_wrong_in_them_is_said() {
    let settings = "stubs = 'typings'\n[kinds]\nrows = 'fresh'\n'a.b' = 'onepass'\n'a.c' = 1\n";
    let project = Project::new(&[("aiterlint.toml", settings), ("app.py", "")]);
    project.run("lint app.py").code(2).stderr_eq(
        "error: aiterlint.toml:1:9: `stubs` takes a list of folders, such as [\"typings\"]
error: aiterlint.toml:3:1: `rows` is not a dotted name such as \"library.Client.rows\"
error: aiterlint.toml:4:9: there is no kind `onepass`; did you mean `one-pass`?
error: aiterlint.toml:5:9: `kinds` is a table of dotted names, each of which takes one of \"one-pass\", \"fresh\", \
\"async-generator\", \"coroutine\", \"context-manager\", \"iterable\"
"
        .replace(", \\\n", ", ")
        .as_str(),
    );
}
