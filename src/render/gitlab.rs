//! GitLab's code quality report, which merge requests show: a list of Code Climate's issues.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::{Checked, repository, story};
use crate::diagnostic::Severity;
use crate::fingerprint;

#[derive(Serialize)]
struct Issue {
    r#type: &'static str,
    check_name: &'static str,
    description: String,
    categories: [&'static str; 1],
    severity: &'static str,
    /// Tells GitLab which finding of another run is this one: no two of a report may share it.
    fingerprint: String,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

pub fn write(files: &[Checked], out: &mut dyn Write) -> io::Result<()> {
    let mut issues = Vec::new();
    for Checked { source, report } in files {
        let path = repository::path(&source.path);
        let mut seen: BTreeMap<String, u32> = BTreeMap::new();
        for found in &report.diagnostics {
            let print = fingerprint::of(source, found);
            let nth = seen.entry(print.clone()).or_default();
            let fingerprint = fingerprint::hash(&[&path, &print, &nth.to_string()]);
            *nth += 1;
            issues.push(Issue {
                r#type: "issue",
                check_name: found.rule,
                description: story(source, found),
                categories: ["Bug Risk"],
                severity: match found.severity {
                    Severity::Error => "major",
                    Severity::Warning => "minor",
                    Severity::Info => "info",
                },
                fingerprint,
                location: Location {
                    path: path.clone(),
                    lines: Lines { begin: source.place(found.span.start).line, end: source.place(found.span.end).line },
                },
            });
        }
    }
    serde_json::to_writer_pretty(&mut *out, &issues)?;
    out.write_all(b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::sample;

    fn issues(files: &[Checked]) -> Vec<serde_json::Value> {
        let mut out = Vec::new();
        write(files, &mut out).unwrap();
        serde_json::from_slice(&out).unwrap()
    }

    #[test]
    fn each_issue_has_its_place_and_a_fingerprint_of_its_own() {
        let mut file = sample::story();
        file.report.diagnostics.push(file.report.diagnostics[0].clone());
        let issues = issues(&[file]);
        assert_eq!(issues[0]["location"]["path"], "src/a.py");
        assert_eq!(issues[0]["location"]["lines"]["begin"], 3);
        assert_eq!(issues[0]["severity"], "major");
        assert_ne!(issues[0]["fingerprint"], issues[1]["fingerprint"]);
    }
}
