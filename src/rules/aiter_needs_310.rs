//! `aiter` and `anext` below Python 3.10, where they are no builtins yet.

use crate::facts::{ImportId, Meaning, NodeId};
use crate::kind::here;
use crate::rule;
use crate::rule::{Check, Cx, Rule};

pub static RULE: Rule = rule!("aiter-needs-310", [Check::File(check), Check::Import(check_import)]);

fn check(cx: &Cx) {
    let facts = cx.facts;
    if cx.has_python(3, 10) {
        return;
    }
    for name in ["aiter", "anext"] {
        for id in facts.spelled(name).into_iter().filter(|&id| !facts.is_definition(id)) {
            let whole = facts.whole_name(id);
            let (is_builtin, exception) = match facts.is_behind_dot(id) {
                true => (cx.qualified(whole).is_some_and(|it| *it == *format!("builtins.{name}")), "AttributeError"),
                false => (facts.meaning(id) == Meaning::Builtin, "NameError"),
            };
            let is_minded = || cx.kinds.is_minded(here(whole)) || cx.kinds.may_be_caught(here(whole), exception);
            if is_builtin && !is_minded() {
                report(cx, whole, name);
            }
        }
    }
}

/// `from builtins import anext`
fn check_import(cx: &Cx, id: ImportId) {
    let import = &cx.facts[id];
    let Some(name @ ("aiter" | "anext")) = import.name.as_deref() else { return };
    let is_builtin = import.level == 0 && import.module == "builtins";
    if !cx.has_python(3, 10) && is_builtin && !cx.kinds.may_be_caught(here(import.node), "ImportError") {
        report(cx, import.node, name);
    }
}

fn report(cx: &Cx, place: NodeId, name: &str) {
    // A test of `sys.version_info` keeps older Pythons away.
    if cx.facts.lowest_python(place).is_some_and(|lowest| lowest >= (3, 10)) {
        return;
    }
    let lowest = cx.config.target_version.map_or(String::new(), |lowest| lowest.to_string());
    cx.report(place, format!("`{name}` is a builtin from Python 3.10 on"))
        .help(format!("the project supports Python {lowest}: call `__{name}__()`, or take it from a package"));
}
