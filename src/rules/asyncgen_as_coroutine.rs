//! An async generator handed to what runs coroutines: `create_task`, `gather`, `wait_for`, `asyncio.run`.

use crate::diagnostic::Safety;
use crate::facts::CallId;
use crate::kind::here;
use crate::rule;
use crate::rule::{Check, Cx, Rule};

pub static RULE: Rule = rule!("asyncgen-as-coroutine", [Check::Call(check)]);

fn check(cx: &Cx, id: CallId) {
    let Some(runner) = cx.kinds.runner(here(id)) else { return };
    for (place, value) in runner.runs {
        let kind = cx.kinds.kind_of(value);
        if !kind.awaits.is_no() || !cx.kinds.is_any_async_generator(&kind.value) || cx.facts.is_broken(place) {
            continue;
        }
        let found = cx.report(place, format!("`{}` cannot run an async generator", runner.name));
        let title = "put the `async for` over it in a coroutine function, and run that";
        found.note_origins(&kind.value).fix(Safety::Shown, title, []);
    }
}
