//! What is known by name or by sight: calls that never come back, managers that let every exception pass, and what is
//! never empty.

use crate::facts::{Argument, Bind, CallId, Expression, Facts, Meaning, NodeId, Splat};
use crate::syntax::SyntaxKind;

/// `sys.exit()` and the like: nothing comes after the call.
pub(super) fn never_returns(facts: &Facts, call: CallId) -> bool {
    let function = facts[call].function;
    match facts.expression(function) {
        Expression::Name(name) => match facts.text(name) {
            name @ ("exit" | "quit") if facts.is_builtin(function, name) => true,
            name @ ("exit" | "_exit" | "abort" | "assert_never") => {
                is_imported(facts, function, |module, taken| taken == Some(name) && is_end(module, name))
            }
            _ => false,
        },
        Expression::Attribute { object, name } => {
            let name = facts.text(name);
            matches!(name, "exit" | "_exit" | "abort" | "assert_never")
                && is_imported(facts, object, |module, taken| taken.is_none() && is_end(module, name))
        }
        _ => false,
    }
}

fn is_end(module: &str, name: &str) -> bool {
    matches!(
        (module, name),
        ("sys", "exit") | ("os", "_exit" | "abort") | ("typing" | "typing_extensions", "assert_never")
    )
}

/// Every binding of the name is an import, and one that fits: the module, and the name taken out of it.
fn is_imported(facts: &Facts, node: NodeId, fits: impl Fn(&str, Option<&str>) -> bool) -> bool {
    if facts.name(node).is_none() {
        return false;
    }
    let Meaning::Bound(_, bindings) = facts.meaning(facts.bare(node)) else { return false };
    bindings.iter().all(|&binding| match facts[binding].bind {
        Bind::Import(import) => {
            let import = &facts[import];
            import.level == 0 && fits(&import.module, import.name.as_deref())
        }
        _ => false,
    })
}

/// A loop over it has a first round: `(1, 2)`, `"ab"`, `range(3)`.
pub(super) fn has_items(facts: &Facts, iterable: NodeId) -> bool {
    match facts.expression(iterable) {
        Expression::List | Expression::Tuple | Expression::Set => {
            facts.elements(iterable).any(|element| !facts.is_starred(element))
        }
        Expression::Dict => {
            let mut parts = facts.children(facts.bare(iterable));
            parts.any(|part| facts.syntax(part) == SyntaxKind::Pair)
        }
        Expression::Text { .. } => facts.string(iterable).is_some_and(|text| !text.is_empty()),
        Expression::Call(call) => facts.is_builtin(facts[call].function, "range") && is_long_range(facts, call),
        _ => false,
    }
}

/// `range(3)`, `range(1, 3)`, in plain numbers.
fn is_long_range(facts: &Facts, call: CallId) -> bool {
    let number = |argument: &Argument| {
        let is_plain = argument.name.is_none() && argument.splat == Splat::None;
        is_plain.then(|| facts.node_text(facts.bare(argument.value)).parse::<u64>().ok()).flatten()
    };
    let numbers: Option<Vec<u64>> = facts[call].arguments.iter().map(number).collect();
    match numbers.as_deref() {
        Some([end]) => *end > 0,
        Some([start, end]) => start < end,
        // A step may lead away from the end.
        _ => false,
    }
}

/// False for managers that are known to let every exception pass. `suppress`, `pytest.raises`, cancel scopes and
/// exit stacks don't; about a manager nobody knows, both ways are possible. A path too many is the safe side for every
/// question that asks what has happened on all paths.
pub fn may_swallow(facts: &Facts, manager: NodeId) -> bool {
    let manager = match facts.expression(manager) {
        Expression::Await(value) => value,
        _ => manager,
    };
    let made = facts.call(manager).map_or(manager, |call| facts[call].function);
    let name = match facts.expression(made) {
        // One that is defined in this file may do anything, whatever its name.
        Expression::Name(_) if is_defined_here(facts, made) => return true,
        Expression::Name(name) | Expression::Attribute { name, .. } => facts.text(name),
        _ => return true,
    };
    let passes = matches!(
        name,
        "aclosing"
            | "closing"
            | "nullcontext"
            | "open"
            | "open_file"
            | "timeout"
            | "timeout_at"
            | "fail_after"
            | "fail_at"
            | "TaskGroup"
            | "create_task_group"
            | "open_nursery"
            | "Lock"
            | "RLock"
            | "Semaphore"
            | "BoundedSemaphore"
            | "Condition"
            | "CapacityLimiter"
            | "ClientSession"
            | "AsyncClient"
            | "TemporaryDirectory"
            | "NamedTemporaryFile"
            | "ThreadPoolExecutor"
            | "ProcessPoolExecutor"
    );
    // A lock by its name: `self._lock`, `write_lock`, `semaphore`.
    let last = name.rsplit('_').next().unwrap_or(name);
    let is_lock = matches!(last, "lock" | "mutex" | "semaphore" | "sem");
    !passes && !is_lock
}

fn is_defined_here(facts: &Facts, node: NodeId) -> bool {
    let Meaning::Bound(_, bindings) = facts.meaning(facts.bare(node)) else { return false };
    bindings.iter().any(|&binding| matches!(facts[binding].bind, Bind::Function(_) | Bind::Class(_)))
}
