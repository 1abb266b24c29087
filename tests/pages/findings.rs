//! Each line of each case says exactly what its comments expect, no more and no less.

use aiterlint::diagnostic::{Diagnostic, Safety};
use aiterlint::text::Source;

use crate::linter::Linter;
use crate::outcome::{Outcome, all_right};
use crate::page::{Case, Module, Page, Part};

/// Everything that is found in a case, file by file.
pub fn of_case(page: &Page, case: &Case, linter: &dyn Linter) -> Vec<Vec<Diagnostic>> {
    let (sources, config) = (case.sources(), case.config(page));
    sources.iter().map(|source| linter.check(source, &sources, &config)).collect()
}

/// The cases and their expectations.
pub fn expected(page: &Page, linter: &dyn Linter) -> Outcome {
    compare(page, linter, |case| !case.is_good)
}

/// Nothing is found in what the page tells its reader to write.
pub fn good(page: &Page, linter: &dyn Linter) -> Outcome {
    compare(page, linter, |case| case.is_good)
}

fn compare(page: &Page, linter: &dyn Linter, wanted: fn(&Case) -> bool) -> Outcome {
    let mut said = Vec::new();
    for case in page.cases.iter().filter(|case| wanted(case)) {
        for (module, found) in case.modules.iter().zip(of_case(page, case, linter)) {
            said.extend(differences(page, module, &found));
        }
    }
    all_right(said)
}

fn differences(page: &Page, module: &Module, found: &[Diagnostic]) -> Vec<String> {
    let source = module.source();
    let mut left: Vec<(u32, &Diagnostic)> =
        found.iter().map(|one| (source.lines().line(one.span.start), one)).collect();
    // The one that asks for a certain text chooses before the one that takes anything.
    let mut expected: Vec<_> = module.expected.iter().collect();
    expected.sort_by_key(|expected| std::cmp::Reverse(expected.text.as_ref().map_or(0, |text| text.len() + 1)));
    let mut said = Vec::new();
    for expected in expected {
        let page_line = module.page_line(expected.line);
        let is_meant = |(line, one): &(u32, &Diagnostic)| *line as usize == expected.line && one.rule == expected.rule;
        let text = expected.text.as_deref().unwrap_or_default();
        if let Some(at) = left.iter().position(|one| is_meant(one) && one.1.message.contains(text)) {
            left.remove(at);
        } else if let Some(at) = left.iter().position(is_meant) {
            let (_, one) = left.remove(at);
            let (rule, message) = (one.rule, &one.message);
            said.push((page_line, format!("`{rule}` says \"{message}\", which does not hold \"{text}\"")));
        } else {
            said.push((page_line, format!("`{}` is expected here and says nothing", expected.rule)));
        }
    }
    for (line, one) in left {
        let page_line = module.page_line(line as usize);
        said.push((page_line, format!("nothing is expected here and `{}` says \"{}\"", one.rule, one.message)));
    }
    said.sort();
    said.into_iter().map(|(line, message)| page.at(line, message)).collect()
}

/// Findings weigh what the page says, lie inside their file, and no fix is safer than the page promises.
pub fn as_promised(page: &Page, linter: &dyn Linter) -> Outcome {
    let mut said = Vec::new();
    let mut example_keeps_promise = !matches!(page.meta.fix, Some(Safety::Safe | Safety::Unsafe));
    let mut is_ever_in_doubt = page.meta.doubtful.is_none();
    for case in &page.cases {
        for (module, found) in case.modules.iter().zip(of_case(page, case, linter)) {
            let source = module.source();
            for one in found.iter().filter(|one| one.rule == page.name) {
                let line = module.page_line(source.lines().line(one.span.start) as usize);
                said.extend(broken_promises(page, &source, one).into_iter().map(|message| page.at(line, message)));
                is_ever_in_doubt |= page.meta.doubtful.is_some_and(|level| level.severity() == one.severity);
                let safety = one.fix.as_ref().map(|fix| fix.safety);
                example_keeps_promise |= case.part == Part::Example && safety == page.meta.fix;
            }
        }
    }
    if !example_keeps_promise {
        let line = page.example().modules[0].page_line(1);
        let safety = page.meta.fix.map_or("none", Safety::name);
        said.push(
            page.at(line, format!("the page says fix = \"{safety}\" and no finding in the example has such a fix")),
        );
    }
    if !is_ever_in_doubt {
        said.push(page.at(5, "the page says `doubtful` and no finding speaks so"));
    }
    all_right(said)
}

fn broken_promises(page: &Page, source: &Source, found: &Diagnostic) -> Vec<String> {
    let mut said = Vec::new();
    let severity = page.meta.severity.severity();
    let is_in_doubt = page.meta.doubtful.is_some_and(|level| level.severity() == found.severity);
    if found.severity != severity && !is_in_doubt {
        said.push(format!("the finding is of level {}, the page says {}", found.severity.name(), severity.name()));
    }
    let end = source.text.len() as u32;
    let own_notes = found.notes.iter().filter(|note| note.file.is_none()).map(|note| note.span);
    let edits = found.fix.iter().flat_map(|fix| fix.edits.iter().map(|edit| edit.span));
    if std::iter::once(found.span).chain(own_notes).chain(edits).any(|span| span.end > end) {
        said.push("the finding, a note or an edit reaches past the end of the file".into());
    }
    if let Some(fix) = &found.fix
        && fix.safety < page.meta.fix.unwrap_or(Safety::Shown)
    {
        let promised = page.meta.fix.map_or("none", Safety::name);
        said.push(format!("the fix is {}, the page says {promised}", fix.safety.name()));
    }
    said
}
