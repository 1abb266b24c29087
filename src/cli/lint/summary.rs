//! The line at the end that says how it went.

use super::baseline::Verdict;
use super::one::{Done, Means, Work};
use crate::fix::is_wanted;

pub struct Summary {
    work: Work,
    means: Means,
    /// Files that were checked.
    files: usize,
    findings: usize,
    /// Findings that make the run fail.
    failing: usize,
    files_with_findings: usize,
    /// Findings that --fix would mend.
    fixable: usize,
    /// Findings that it would mend besides with --unsafe-fixes.
    unsafely: usize,
    applied: usize,
    files_with_fixes: usize,
    baseline: Option<Verdict>,
}

impl Summary {
    pub fn new(work: Work, means: Means, baseline: Option<Verdict>) -> Summary {
        Summary {
            work,
            means,
            baseline,
            files: 0,
            findings: 0,
            failing: 0,
            files_with_findings: 0,
            fixable: 0,
            unsafely: 0,
            applied: 0,
            files_with_fixes: 0,
        }
    }

    pub fn add(&mut self, done: &Done) {
        let found = done.found.as_ref().map_or(&[][..], |found| &found.report.diagnostics);
        self.files += usize::from(done.is_checked);
        self.findings += found.len();
        self.failing += found.iter().filter(|found| done.error_on.covers(found.severity)).count();
        self.files_with_findings += usize::from(!found.is_empty());
        self.applied += done.applied;
        self.files_with_fixes += usize::from(done.applied > 0);
        for fix in found.iter().filter_map(|diagnostic| diagnostic.fix.as_ref()) {
            if is_wanted(fix, self.with_unsafe()) {
                self.fixable += 1;
            } else if is_wanted(fix, true) {
                self.unsafely += 1;
            }
        }
    }

    /// Whether the exit status has something to say.
    pub fn is_failure(&self) -> bool {
        match self.work {
            Work::Check | Work::Write => self.failing > 0,
            Work::Diff => self.applied > 0,
        }
    }

    pub fn lines(&self) -> Vec<String> {
        let files = count(self.files, "file");
        let done = if self.means.is_comments() { "Silenced" } else { "Fixed" };
        let would = if self.means.is_comments() { "Would silence" } else { "Would fix" };
        let line = match self.work {
            // Said already: there was nothing to check, or nothing could be.
            _ if self.files == 0 => return Vec::new(),
            Work::Check if self.findings == 0 => self.clean(&files),
            Work::Check => format!("Found {}{}.", self.found(), self.hint()),
            Work::Write if self.applied == 0 && self.findings == 0 => self.clean(&files),
            Work::Write => format!("{done} {}; {} left{}.", self.changed(), self.left(), self.hint()),
            Work::Diff if self.applied == 0 && self.means.is_comments() => format!("Nothing to silence in {files}."),
            Work::Diff if self.applied == 0 => format!("Nothing to fix in {files}."),
            Work::Diff => format!("{would} {}; {} left{}.", self.changed(), self.left(), self.hint()),
        };
        let gone = self.baseline.as_ref().map_or(0, |verdict| verdict.gone);
        let pruned =
            || format!("Gone from the baseline: {}; write it anew with --update-baseline.", count(gone, "mistake"));
        std::iter::once(line).chain((gone > 0).then(pruned)).collect()
    }

    fn clean(&self, files: &str) -> String {
        match &self.baseline {
            Some(Verdict { known, .. }) if *known > 0 => {
                format!("No new mistakes found in {files}; the baseline knows {known}.")
            }
            _ => format!("No mistakes found in {files}."),
        }
    }

    fn with_unsafe(&self) -> bool {
        self.means == Means::Fixes { with_unsafe: true }
    }

    fn found(&self) -> String {
        let known = match &self.baseline {
            Some(Verdict { known, .. }) if *known > 0 => format!(", besides {known} in the baseline"),
            _ => String::new(),
        };
        format!("{} in {}{known}", count(self.findings, "mistake"), count(self.files_with_findings, "file"))
    }

    fn changed(&self) -> String {
        let mistakes = count(self.applied, "mistake");
        if self.applied == 0 { mistakes } else { format!("{mistakes} in {}", count(self.files_with_fixes, "file")) }
    }

    fn left(&self) -> String {
        if self.findings == 0 { "none".to_string() } else { self.findings.to_string() }
    }

    /// What could be done about it. After a fix only what it was not allowed to do is worth saying.
    fn hint(&self) -> String {
        if self.means.is_comments() {
            return String::new();
        }
        let flag = if self.with_unsafe() { "--fix --unsafe-fixes" } else { "--fix" };
        match (self.work, self.fixable, self.unsafely) {
            (Work::Check, 0, 0) | (Work::Write | Work::Diff, _, 0) => String::new(),
            (Work::Check, fixable, 0) => format!("; {fixable} fixable with {flag}"),
            (Work::Check, 0, more) => format!("; {more} fixable with --fix --unsafe-fixes"),
            (Work::Check, fixable, more) => format!("; {fixable} fixable with {flag}, {more} more with --unsafe-fixes"),
            (Work::Write | Work::Diff, _, more) => format!(", {more} fixable with --unsafe-fixes"),
        }
    }
}

/// "1 file", "2 files".
pub fn count(number: usize, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(summary: Summary, expected: &str) {
        assert_eq!(summary.lines(), [expected]);
    }

    fn of(work: Work, findings: usize, applied: usize, fixable: usize, unsafely: usize) -> Summary {
        let (files_with_findings, files_with_fixes) = (findings.min(2), applied.min(1));
        let mut summary = Summary::new(work, Means::Fixes { with_unsafe: false }, None);
        (summary.files, summary.findings, summary.applied) = (12, findings, applied);
        (summary.fixable, summary.unsafely) = (fixable, unsafely);
        (summary.files_with_findings, summary.files_with_fixes) = (files_with_findings, files_with_fixes);
        summary
    }

    #[test]
    fn it_says_what_there_is_and_what_can_be_done() {
        check(of(Work::Check, 0, 0, 0, 0), "No mistakes found in 12 files.");
        check(of(Work::Check, 1, 0, 0, 0), "Found 1 mistake in 1 file.");
        check(of(Work::Check, 3, 0, 1, 0), "Found 3 mistakes in 2 files; 1 fixable with --fix.");
        check(of(Work::Check, 3, 0, 0, 2), "Found 3 mistakes in 2 files; 2 fixable with --fix --unsafe-fixes.");
        let both = "Found 3 mistakes in 2 files; 1 fixable with --fix, 2 more with --unsafe-fixes.";
        check(of(Work::Check, 3, 0, 1, 2), both);
        check(of(Work::Write, 0, 0, 0, 0), "No mistakes found in 12 files.");
        check(of(Work::Write, 0, 2, 0, 0), "Fixed 2 mistakes in 1 file; none left.");
        check(of(Work::Write, 3, 0, 0, 1), "Fixed 0 mistakes; 3 left, 1 fixable with --unsafe-fixes.");
        check(of(Work::Diff, 3, 0, 0, 0), "Nothing to fix in 12 files.");
        check(of(Work::Diff, 1, 2, 0, 0), "Would fix 2 mistakes in 1 file; 1 left.");
        let comments =
            |work, applied| Summary { means: Means::Comments { reason: None }, ..of(work, 0, applied, 0, 0) };
        check(comments(Work::Write, 2), "Silenced 2 mistakes in 1 file; none left.");
        check(comments(Work::Diff, 2), "Would silence 2 mistakes in 1 file; none left.");
        check(comments(Work::Diff, 0), "Nothing to silence in 12 files.");
    }
}
