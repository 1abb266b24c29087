//! A JUnit report: each file is a suite, each finding a test that fails.

use std::io::{self, Write};

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::{Checked, repository, story};

pub fn write(files: &[Checked], out: &mut dyn Write) -> io::Result<()> {
    let mut report = Report::new("aiterlint");
    for file in files.iter().filter(|file| !file.report.diagnostics.is_empty()) {
        report.add_test_suite(suite(file));
    }
    if report.test_suites.is_empty() {
        // A report without any test counts as a failure in many places.
        let mut suite = TestSuite::new("aiterlint");
        suite.add_test_case(TestCase::new("no mistakes found", TestCaseStatus::success()));
        report.add_test_suite(suite);
    }
    report.serialize(out).map_err(io::Error::other)
}

fn suite(Checked { source, report }: &Checked) -> TestSuite {
    let path = repository::path(&source.path);
    let mut suite = TestSuite::new(&path);
    for found in &report.diagnostics {
        let place = source.place(found.span.start);
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_type(found.severity.name()).set_message(found.message.as_str());
        let said = story(source, found);
        status.set_description(format!("{path}:{}:{}: {said}", place.line, place.column));
        let mut case = TestCase::new(format!("{} at {}:{}", found.rule, place.line, place.column), status);
        case.set_classname(&path);
        case.extra.insert("file".into(), (&path).into());
        case.extra.insert("line".into(), place.line.to_string().into());
        suite.add_test_case(case);
    }
    suite
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::sample;

    /// Written, and read again by the format's own reader.
    fn report(files: &[Checked]) -> Report {
        let mut out = Vec::new();
        write(files, &mut out).unwrap();
        Report::deserialize_from_str(&String::from_utf8(out).unwrap()).unwrap()
    }

    #[test]
    fn a_finding_is_a_test_that_fails() {
        let report = report(&[sample::story(), sample::silent(), sample::elsewhere()]);
        assert_eq!((report.tests, report.failures, report.test_suites.len()), (2, 2, 2));
        let case = &report.test_suites[0].test_cases[0];
        assert_eq!(case.name.as_str(), "reuse-exhausted at 3:17");
        assert_eq!(case.classname.as_ref().map(|name| name.as_str()), Some("src/a.py"));
    }

    #[test]
    fn no_findings_are_a_test_that_passes() {
        let report = report(&[sample::silent()]);
        assert_eq!((report.tests, report.failures), (1, 0));
    }
}
