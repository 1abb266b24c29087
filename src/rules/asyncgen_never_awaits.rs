//! An async generator that blocks in a loop and never awaits.

use crate::facts::{CallId, FunctionId};
use crate::flow::Event;
use crate::kind::here;
use crate::rule;
use crate::rule::{Check, Cx, Rule};

pub static RULE: Rule = rule!("asyncgen-never-awaits", [Check::Function(check)]);

/// Calls that keep the thread waiting, by their spelling.
static BLOCKING: &[&str] = &[
    "time.sleep",
    "urllib.request.urlopen",
    "subprocess.run",
    "subprocess.call",
    "subprocess.check_call",
    "subprocess.check_output",
    "os.system",
    "builtins.input",
];

fn check(cx: &Cx, id: FunctionId) {
    let function = &cx.facts[id];
    if !function.is_async_generator() || function.awaits || function.is_damaged {
        return;
    }
    let Some(flow) = cx.kinds.flow(here(id)) else { return };
    let flow = &flow.0;
    // A round of a loop that yields, and in which the thread has to wait.
    let yielding: Vec<u32> = flow
        .events()
        .filter(|(_, event)| matches!(event, Event::Yield(_)))
        .flat_map(|(point, _)| flow.loops_round(point.block).collect::<Vec<_>>())
        .collect();
    let calls = flow.events().filter_map(|(point, event)| match event {
        Event::Call(call) if flow.loops_round(point.block).any(|inside| yielding.contains(&inside)) => Some(call),
        _ => None,
    });
    let mut blocking: Vec<(CallId, String)> = calls.filter_map(|call| Some((call, blocks(cx, call)?))).collect();
    blocking.sort_unstable();
    if let Some((call, name)) = blocking.first() {
        cx.report(cx.facts[*call].node, format!("`{name}` blocks, and this async generator never awaits"))
            .help("await something instead, or make it a plain generator");
    }
}

fn blocks(cx: &Cx, call: CallId) -> Option<String> {
    let name = cx.kinds.spelling(here(cx.facts[call].function))?;
    let sends = ["get", "post", "put", "patch", "delete", "head", "options", "request"];
    let requests = name.strip_prefix("requests.").map(|rest| rest.trim_start_matches("Session()."));
    let is_request = requests.is_some_and(|method| sends.contains(&method));
    (is_request || BLOCKING.contains(&name.as_str())).then(|| name.trim_start_matches("builtins.").replace("()", ""))
}
