//! A text that is repeated to a hundred kilobytes is checked in a second: the time grows with the text, and not faster.

use std::time::Duration;

use aiterlint::check::check;
use aiterlint::project::Project;
use aiterlint::text::Source;

use super::every_rule;
pub use super::report::mutated;

/// Without optimization less than that shows whether something has gone wrong.
const LENGTH: usize = if cfg!(test) { 30_000 } else { 100_000 };

/// Far more than it takes. Without optimization, or watched at every step, everything takes some
/// times as long.
const PATIENCE: Duration = Duration::from_secs(20);

pub fn holds(input: &[u8]) {
    let text = super::text(input);
    // What is long by itself shows itself by `report`, and what is very short is said too often to be read by anybody.
    if text.len() < 8 || text.len() > 2000 {
        return;
    }
    ends_soon(text.repeat(LENGTH / text.len()));
}

fn ends_soon(text: String) {
    let source = Source::new("fuzzed.py", text);
    let start = worked();
    check(&source, &Project::alone(), &every_rule());
    let took = worked().saturating_sub(start);
    assert!(took < PATIENCE, "{} bytes took {took:?}:\n{}", source.text.len(), source.line(1));
}

/// What comes thousands of times in one place, with what stands before it and behind it; `#` is its number.
const PLACES: [[&str; 3]; 14] = [
    ["async def feed():\n    yield 1\nasync def main():\n    it = feed()\n", "    async for x in it: pass\n", ""],
    ["async def feed():\n    yield 1\nasync def main(", "a#=feed(), ", "):\n    async for x in a1: pass\n"],
    ["async def feed():\n    yield 1\nx = [", "feed(), ", "]\n"],
    ["async def feed():\n    yield 1\nx = (", "list(feed()) + ", "[])\n"],
    ["async def feed():\n    yield 1; ", "x# = feed(); ", "pass\n"],
    ["async def feed():\n    yield 1\nasync def main(a):\n    it = feed()\n", "    if a == #: it = feed()\n", ""],
    ["def own(f):\n    return f\n", "@own\n", "async def feed():\n    yield 1\n"],
    ["x = ", "'async for' ", "\n"],
    [
        "async def feed():\n    yield 1\nclass C:\n",
        "    async def m#(self):\n        self.a = feed()\n        async for x in self.a: pass\n",
        "",
    ],
    ["class C0:\n    pass\n", "class C#(C0):\n    def __aiter__(self): return self\n", ""],
    ["def main():\n", "    class C#:\n        def __aiter__(self): return self\n", ""],
    ["class C:\n", "    async def rows(self):\n        yield [x async for x in self.rows()]\n", ""],
    ["from typing import AsyncIterator\nasync def main(a: ", "AsyncIterator[int] | ", "int):\n    for x in a: pass\n"],
    ["async def main(a):\n    match a:\n", "        case C#(x=#):\n            async for y in x: pass\n", ""],
];

pub fn long_places_hold() {
    for [before, piece, behind] in PLACES {
        let pieces = (1..LENGTH / piece.len()).map(|number| piece.replace('#', &number.to_string()));
        ends_soon(format!("{before}{}{behind}", pieces.collect::<String>()));
    }
}

/// How long the processor has worked for this thread: what else runs on the machine is not counted.
#[cfg(unix)]
fn worked() -> Duration {
    use rustix::time::{ClockId, clock_gettime};
    clock_gettime(ClockId::ThreadCPUTime).try_into().expect("time goes forwards")
}

/// How long it is since somebody first asked.
#[cfg(not(unix))]
fn worked() -> Duration {
    use std::sync::OnceLock;
    use std::time::Instant;
    static FIRST: OnceLock<Instant> = OnceLock::new();
    FIRST.get_or_init(Instant::now).elapsed()
}
