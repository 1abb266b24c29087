//! What the library stubs say, held against the table of what well-known libraries return.

use super::check;

#[test]
fn asyncio() {
    check(
        r#"
import asyncio
async def main(proc: asyncio.subprocess.Process):
    reader, writer = await asyncio.open_connection("host", 1)
    _ = reader  # kind: a `StreamReader`, once, not iterable, not awaitable, async item a `bytes`
"#,
    );
}
