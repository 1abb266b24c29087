//! An async comprehension inside a plain one, which compiles from Python 3.11 on.

use crate::facts::{LoopForm, LoopId};
use crate::rule;
use crate::rule::{Check, Cx, Rule};
use crate::syntax::SyntaxKind;

pub static RULE: Rule = rule!("nested-async-comp-needs-311", words: ["[await ", "{await "], [Check::Loop(check)]);

fn check(cx: &Cx, id: LoopId) {
    let facts = cx.facts;
    // Each comprehension is looked at once, with its first clause.
    let LoopForm::Clause { of, number: 0 } = facts[id].form else { return };
    if cx.has_python(3, 11) || facts.syntax(of) == SyntaxKind::GeneratorExpression || facts.is_broken(of) {
        return;
    }
    let Some(outer) = facts.comprehension_of(facts.scope(of)) else { return };
    if facts.waits_itself(of) && !facts.waits_itself(outer) {
        cx.report(of, "an async comprehension inside a plain one needs Python 3.11")
            .note(facts.span(outer), "this one is plain")
            .help("write the outer one as a loop");
    }
}
