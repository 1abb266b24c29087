//! Half of each protocol: `__aiter__` beside `__next__`, or `__iter__` beside `__anext__`.

use crate::facts::ClassId;
use crate::kind::here;
use crate::rule;
use crate::rule::{Check, Cx, Rule};

pub static RULE: Rule = rule!("mixed-protocols", [Check::Class(check)]);

fn check(cx: &Cx, id: ClassId) {
    let Some((method, odd, other)) = cx.kinds.half_of_each(here(id)) else { return };
    let meant = if odd == "__next__" { "__anext__" } else { "__aiter__" };
    cx.report_at(
        cx.facts[method].name.unwrap_or_default(),
        format!("`{odd}` beside `{other}` is half of each protocol, and no loop works"),
    )
    .help(format!("for `async for` this method is called `{meant}`"));
}
