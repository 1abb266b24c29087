//! An `async def` fixture under plain `@pytest.fixture`, which does not run it.

use crate::facts::FunctionId;
use crate::kind::here;
use crate::rule;
use crate::rule::{Check, Cx, Rule};

pub static RULE: Rule = rule!("async-fixture-undecorated", words: ["fixture"], [Check::Function(check)]);

fn check(cx: &Cx, id: FunctionId) {
    let facts = cx.facts;
    let function = &facts[id];
    let [decorator] = function.decorators[..] else { return };
    if !function.is_async || function.is_damaged {
        return;
    }
    let is_fixture = cx.kinds.decorator_name(here(decorator)).as_deref() == Some("pytest.fixture");
    // Other plugins run async fixtures: anyio's and trio's, and those of web frameworks by their own fixtures.
    let text = &facts.source.text;
    let has_other_plugin = ["anyio", "trio", "aiohttp", "tornado"].iter().any(|plugin| text.contains(plugin));
    if is_fixture && !has_other_plugin {
        cx.report_at(function.name.unwrap_or_default(), "`@pytest.fixture` does not run it")
            .help("`@pytest_asyncio.fixture` does");
    }
}
