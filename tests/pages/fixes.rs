//! What fixing leaves behind is the page's `fixed` block; it parses, the mistake is gone, and a second time there is
//! nothing to do. Cases without such a block are fixed too: whatever comes out must parse and stay as it is.

use aiterlint::config::PythonVersion;
use aiterlint::diagnostic::{Diagnostic, Safety};
use aiterlint::text::Source;

use crate::linter::Linter;
use crate::outcome::{Outcome, all_right};
use crate::page::{Case, Module, Page};
use crate::python::Judge;

pub fn fixed(page: &Page, linter: &dyn Linter) -> Outcome {
    let judge = Judge::of_this_machine()?;
    let mut said = Vec::new();
    for case in &page.cases {
        for at in 0..case.modules.len() {
            said.extend(differences(page, case, at, linter, judge));
        }
    }
    all_right(said)
}

fn differences(page: &Page, case: &Case, at: usize, linter: &dyn Linter, judge: Option<&Judge>) -> Vec<String> {
    let (module, config) = (&case.modules[at], case.config(page));
    let mut files = case.sources();
    let fixed = linter.fix(&files[at], &files, &config);
    let mut said = Vec::new();
    if let Some(block) = &module.fixed {
        said.extend(first_difference(&block.text(), &fixed).map(|(line, message)| page.at(block.line(line), message)));
    }
    if fixed != module.text {
        let line = module.fixed.as_ref().map_or(module.page_line(1), |block| block.line(1));
        said.extend(does_not_parse(&fixed, case.settings.target_version, judge).map(|why| page.at(line, why)));
        files[at] = Source::new(module.file.as_str(), fixed.as_str());
        let found = linter.check(&files[at], &files, &config);
        said.extend(found.iter().filter(|one| is_left(page, module, one)).map(|one| {
            let code = files[at].line(files[at].lines().line(one.span.start)).trim();
            page.at(line, format!("after fixing, `{}` still says \"{}\" at `{code}`", one.rule, one.message))
        }));
        if linter.fix(&files[at], &files, &config) != fixed {
            said.push(page.at(line, "fixing what is fixed changes it once more"));
        }
    }
    said
}

/// Where the page shows the outcome, its rule has nothing left to say; elsewhere a finding may have no fix.
fn is_left(page: &Page, module: &Module, found: &Diagnostic) -> bool {
    let is_applied = found.fix.as_ref().is_some_and(|fix| fix.safety != Safety::Shown);
    found.rule == page.name && (module.fixed.is_some() || is_applied)
}

fn does_not_parse(text: &str, target: Option<PythonVersion>, judge: Option<&Judge>) -> Option<String> {
    let judge = judge.filter(|judge| judge.reads(target))?;
    let mistake = judge.verdict(text).syntax?;
    let line = text.lines().nth(mistake.line.saturating_sub(1)).unwrap_or_default();
    Some(format!("after fixing, Python says \"{}\" at `{}`", mistake.message, line.trim()))
}

/// The line from 1 at which two texts part.
pub fn first_difference(expected: &str, found: &str) -> Option<(usize, String)> {
    let (mut expected, mut found) = (expected.lines(), found.lines());
    for line in 1.. {
        match (expected.next(), found.next()) {
            (None, None) => return None,
            (expected, found) if expected == found => {}
            (expected, found) => {
                let show = |line: Option<&str>| line.map_or("the end".into(), |line| format!("`{line}`"));
                return Some((line, format!("the page says {} and it is {}", show(expected), show(found))));
            }
        }
    }
    None
}
