//! The one path from a `Source` to its `Report`: for the command line, the server and the tests alike.

use std::sync::Arc;

use crate::config::{self, Config};
use crate::diagnostic::{Diagnostic, Severity, sort};
use crate::facts::{AwaitId, CallId, CompareId, ConditionId, DemandId, Facts, NodeId};
use crate::kind::Kinds;
use crate::look::{Chosen, Look};
use crate::project::{Lead, Module, Owner, Project};
use crate::rule::{Check, Cx, Rule};
use crate::rules::RULES;
use crate::suppress::{self, Silenced};
use crate::text::{Source, Span};

/// What was found in one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Sorted by place, then rule.
    pub diagnostics: Vec<Diagnostic>,
    /// What ignore comments silenced, in the same order.
    pub suppressed: Vec<Silenced>,
}

/// How much of a file is read. The findings are the same; only the plain way takes longer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reading {
    /// First look, outline, islands.
    Islands,
    /// Every file, as one island: the twin that the tests compare with.
    Whole,
}

/// Checks one file. It cannot fail: broken syntax gives a diagnostic, and silence inside the broken places.
pub fn check(source: &Source, project: &Project, config: &Config) -> Report {
    check_reading(source, project, config, Reading::Islands)
}

pub fn check_reading(source: &Source, project: &Project, config: &Config, reading: Reading) -> Report {
    check_while(source, project, config, reading, &|| true).unwrap_or_default()
}

/// Checks one file as long as somebody wants to know; None when nobody did any more.
pub fn check_while(
    source: &Source,
    project: &Project,
    config: &Config,
    reading: Reading,
    is_wanted: &dyn Fn() -> bool,
) -> Option<Report> {
    if is_too_long(source) {
        return Some(Report::default());
    }
    let look = Look::for_all(RULES).filter(|_| reading == Reading::Islands);
    let imported = look.map(|_| project.leads(source)).unwrap_or_default();
    if look.is_some_and(|look| !look.at_file(&source.text)) && imported.iter().all(Lead::is_object) {
        return Some(Report::default());
    }
    let source = Arc::new(source.clone());
    let facts = match reading {
        Reading::Islands => project.facts(source),
        Reading::Whole => Facts::whole(source),
    };
    let chosen = match look {
        Some(look) => look.at_statements(&facts, &imported, is_wanted)?,
        None => Chosen::all(&facts),
    };
    check_chosen(facts, &chosen, project, config, is_wanted)
}

/// What was found in a part of a file.
pub struct Part {
    pub report: Report,
    /// From the first statement that was checked to what comes after the last.
    pub span: Span,
}

/// How much text is little.
const LITTLE: u32 = 32 * 1024;

/// What is found in the statements that a stretch of the text belongs to. None when they are too much text to be checked
/// at once.
pub fn check_part(source: &Source, project: &Project, config: &Config, stretch: Span) -> Option<Part> {
    if is_too_long(source) {
        return None;
    }
    let facts = project.facts(Arc::new(source.clone()));
    let (chosen, span) = Chosen::part(&facts, stretch);
    if span.len() > LITTLE {
        return None;
    }
    let mut report = check_chosen(facts, &chosen, project, config, &|| true)?;
    report.diagnostics.retain(|found| span.contains(found.span.start));
    report.suppressed.retain(|found| span.contains(found.diagnostic.span.start));
    Some(Part { report, span })
}

/// Offsets are 32 bits wide; no Python file is that long.
fn is_too_long(source: &Source) -> bool {
    source.text.len() >= u32::MAX as usize
}

fn check_chosen(
    facts: Facts,
    chosen: &Chosen,
    project: &Project,
    config: &Config,
    is_wanted: &dyn Fn() -> bool,
) -> Option<Report> {
    let config = &*config::for_text(&facts.source.text, config);
    let module = Arc::new(Module { library: "", owner: Owner::Project, facts });
    let rules = RULES.iter().filter_map(|rule| Some((*rule, config.severity(rule.name, rule.meta().level)?)));
    let speaking: Vec<(&Rule, Severity)> = rules.collect();
    let kinds = Kinds::new(project, module.clone());
    let cx = Cx::new(&module, config, kinds);
    for &(rule, severity) in &speaking {
        cx.speak_as(rule, severity);
        for check in rule.checks {
            run(&cx, check, chosen, is_wanted);
        }
        if !is_wanted() {
            return None;
        }
    }
    let mut found = cx.into_diagnostics();
    sort(&mut found);
    let sorted = suppress::apply(&module.facts, found, &speaking);
    Some(Report { diagnostics: sorted.speaking, suppressed: sorted.silenced })
}

/// How many statements are looked at before the question comes up again whether anybody wants to know.
const IN_A_ROW: usize = 16;

fn run(cx: &Cx, check: &Check, chosen: &Chosen, is_wanted: &dyn Fn() -> bool) {
    macro_rules! each {
        ($table:ident, $check:expr) => {
            each!($table, $check, |_| true)
        };
        ($table:ident, $check:expr, $matters:expr) => {
            for some in chosen.statements.chunks(IN_A_ROW) {
                for &statement in some {
                    for id in cx.facts.$table(statement) {
                        if $matters(id) {
                            $check(cx, id);
                        }
                    }
                }
                if !is_wanted() {
                    return;
                }
            }
        };
    }
    // What is only an expression is asked about where its own text matters.
    let matters = |node: NodeId| chosen.matters(cx.facts.span(node));
    match check {
        Check::Function(check) => each!(functions, check),
        Check::Class(check) => each!(classes, check),
        Check::Loop(check) => each!(loops, check),
        Check::Call(check) => each!(calls, check, |id: CallId| matters(cx.facts[id].node)),
        Check::AnyCall(check) => each!(calls, check),
        Check::Await(check) => each!(awaits, check, |id: AwaitId| matters(cx.facts[id].value)),
        Check::Yield(check) => each!(yields, check),
        Check::Return(check) => each!(returns, check),
        Check::Raise(check) => each!(raises, check),
        Check::Handler(check) => each!(handlers, check),
        Check::With(check) => each!(withs, check),
        Check::Compare(check) => each!(compares, check, |id: CompareId| matters(cx.facts[id].node)),
        Check::ClassPattern(check) => each!(class_patterns, check),
        Check::Condition(check) => each!(conditions, check, |id: ConditionId| matters(cx.facts[id].value)),
        // Of `[*rows.all()]` the grammar reads `*rows` as one, and its value round it.
        Check::Demand(check) => {
            each!(demands, check, |id: DemandId| matters(cx.facts[id].node) || matters(cx.facts[id].value))
        }
        Check::Store(check) => each!(stores, check),
        Check::Import(check) => each!(imports, check),
        Check::File(check) => check(cx),
    }
}
