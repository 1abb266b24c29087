//! SARIF 2.1.0, which code scanning services keep and show: rules with their pages, the story, fixes, and what has
//! been silenced with the reason for it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use serde_json::json;
use serde_sarif::sarif::{
    self, ArtifactChange, ArtifactContent, ArtifactLocation, Location, Message, MultiformatMessageString,
    PhysicalLocation, PropertyBag, Region, Replacement, ReportingConfiguration, ReportingDescriptor, ResultLevel, Run,
    Sarif, Suppression, Tool, ToolComponent,
};

use super::{Checked, repository, rule_url};
use crate::config::Level;
use crate::diagnostic::{Diagnostic, Fix, Note, Severity};
use crate::fingerprint;
use crate::rule::Rule;
use crate::rules::by_name;
use crate::suppress::{Silenced, Silencer};
use crate::text::{Source, Span};

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// What relative addresses begin at.
const ROOT: &str = "%SRCROOT%";

pub fn write(files: &[Checked], out: &mut dyn Write) -> io::Result<()> {
    let mut rules = BTreeSet::new();
    for file in files {
        rules.extend(file.report.diagnostics.iter().map(|found| found.rule));
        rules.extend(file.report.suppressed.iter().map(|silenced| silenced.diagnostic.rule));
    }
    let rules: Vec<&str> = rules.into_iter().collect();
    let results: Vec<_> = files.iter().flat_map(|file| results(file, &rules)).collect();
    let driver = ToolComponent::builder()
        .name("aiterlint")
        .version(env!("CARGO_PKG_VERSION"))
        .semantic_version(env!("CARGO_PKG_VERSION"))
        .rules(rules.iter().map(|name| describe(name)).collect::<Vec<_>>())
        .build();
    let root = ArtifactLocation::builder().description(text("the root of the repository")).build();
    let run = Run::builder()
        .tool(Tool::builder().driver(driver).build())
        .column_kind("unicodeCodePoints")
        .original_uri_base_ids(BTreeMap::from([(ROOT.to_string(), root)]))
        .results(results)
        .build();
    let sarif = Sarif::builder().schema(SCHEMA).version("2.1.0").runs(vec![run]).build();
    serde_json::to_writer_pretty(&mut *out, &sarif)?;
    out.write_all(b"\n")
}

fn describe(name: &str) -> ReportingDescriptor {
    let Some(rule) = by_name(name) else { return ReportingDescriptor::builder().id(name).build() };
    let meta = rule.meta();
    let tags = vec!["async".to_string(), "python".to_string(), meta.group.to_string()];
    let severity = match meta.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Info | Level::Off => "recommendation",
    };
    // What GitHub sorts its list by.
    let more =
        BTreeMap::from([("precision".to_string(), json!("high")), ("problem.severity".to_string(), json!(severity))]);
    let mut described = ReportingDescriptor::builder()
        .id(name)
        .short_description(words(&rule.summary_line()))
        .full_description(words(&rule.summary_line()))
        .help(help(rule))
        .default_configuration(
            ReportingConfiguration::builder()
                .enabled(meta.level != Level::Off)
                .level(match meta.level {
                    Level::Error => "error",
                    Level::Warning => "warning",
                    Level::Info | Level::Off => "note",
                })
                .build(),
        )
        .properties(PropertyBag::builder().tags(tags).additional_properties(more).build())
        .build();
    described.help_uri = rule_url(name).map(str::to_string);
    described
}

fn help(rule: &Rule) -> MultiformatMessageString {
    let page = rule.markdown();
    MultiformatMessageString::builder().text(page.as_str()).markdown(page.as_str()).build()
}

fn results(Checked { source, report }: &Checked, rules: &[&str]) -> Vec<sarif::Result> {
    let spoken = report.diagnostics.iter().map(|found| (found, None));
    let silenced = report.suppressed.iter().map(|silenced| (&silenced.diagnostic, Some(silenced)));
    spoken.chain(silenced).map(|(found, silenced)| result(source, found, silenced, rules)).collect()
}

fn result(source: &Source, found: &Diagnostic, silenced: Option<&Silenced>, rules: &[&str]) -> sarif::Result {
    let mut message = found.message.clone();
    let mut related = Vec::new();
    for (note, id) in found.notes.iter().zip(1..) {
        // A link of the message, without which GitHub does not show the place.
        message.push_str(&format!("\n[{}]({id})", note.message.replace('[', "\\[").replace(']', "\\]")));
        related.push(noted(source, note, id));
    }
    if let Some(help) = &found.help {
        message.push_str(&format!("\nhelp: {help}"));
    }
    let place = Location::builder().physical_location(locate(source, found.span)).build();
    let print = BTreeMap::from([("aiterlint/v1".to_string(), fingerprint::of(source, found))]);
    let mut result = sarif::Result::builder()
        .rule_id(found.rule)
        .level(match found.severity {
            Severity::Error => ResultLevel::Error,
            Severity::Warning => ResultLevel::Warning,
            Severity::Info => ResultLevel::Note,
        })
        .message(text(&message))
        .locations(vec![place])
        .partial_fingerprints(print)
        .build();
    result.rule_index = rules.iter().position(|name| *name == found.rule).map(|index| index as i64);
    result.related_locations = (!related.is_empty()).then_some(related);
    result.fixes = found.fix.as_ref().and_then(|fix| mended(source, fix)).map(|fix| vec![fix]);
    result.suppressions = silenced.map(|silenced| vec![suppression(silenced)]);
    result
}

fn noted(source: &Source, note: &Note, id: i64) -> Location {
    let source = note.file.as_deref().unwrap_or(source);
    let place = locate(source, note.span);
    Location::builder().id(id).physical_location(place).message(text(&note.message)).build()
}

fn suppression(silenced: &Silenced) -> Suppression {
    match &silenced.by {
        Silencer::Comment { reason: Some(reason) } => {
            Suppression::builder().kind("inSource").justification(reason.as_str()).build()
        }
        Silencer::Comment { reason: None } => Suppression::builder().kind("inSource").build(),
        Silencer::Baseline => Suppression::builder().kind("external").justification("in the baseline").build(),
    }
}

fn mended(source: &Source, fix: &Fix) -> Option<sarif::Fix> {
    let replacement = |edit: &crate::diagnostic::Edit| {
        let content = ArtifactContent::builder().text(edit.text.as_str()).build();
        Replacement::builder().deleted_region(region(source, edit.span)).inserted_content(content).build()
    };
    // A fix that is only shown has nothing to apply.
    if fix.edits.is_empty() {
        return None;
    }
    let change = ArtifactChange::builder()
        .artifact_location(address(source))
        .replacements(fix.edits.iter().map(replacement).collect::<Vec<_>>())
        .build();
    Some(sarif::Fix::builder().description(text(&fix.title)).artifact_changes(vec![change]).build())
}

fn locate(source: &Source, span: Span) -> PhysicalLocation {
    PhysicalLocation::builder().artifact_location(address(source)).region(region(source, span)).build()
}

fn address(source: &Source) -> ArtifactLocation {
    let path = repository::path(&source.path);
    let escaped = escape(&path);
    match path.starts_with('/') {
        true => ArtifactLocation::builder().uri(format!("file://{escaped}")).build(),
        false if path.chars().nth(1) == Some(':') => {
            ArtifactLocation::builder().uri(format!("file:///{escaped}")).build()
        }
        false => ArtifactLocation::builder().uri(escaped).uri_base_id(ROOT).build(),
    }
}

/// A path as part of an address (RFC 3986).
fn escape(path: &str) -> String {
    let mut out = String::new();
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' => out.push(byte as char),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

fn region(source: &Source, span: Span) -> Region {
    let (start, end) = (source.place(span.start), source.place(span.end));
    Region::builder()
        .start_line(start.line)
        .start_column(start.column)
        .end_line(end.line)
        .end_column(end.column)
        .build()
}

fn text(text: &str) -> Message {
    Message::builder().text(text).build()
}

fn words(text: &str) -> MultiformatMessageString {
    MultiformatMessageString::builder().text(text).build()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::sample;
    use serde_json::Value;

    fn run(files: &[Checked]) -> Value {
        let mut out = Vec::new();
        write(files, &mut out).unwrap();
        let report: Value = serde_json::from_slice(&out).unwrap();
        report["runs"][0].clone()
    }

    #[test]
    fn a_result_has_its_rule_story_and_fix() {
        let run = run(&[sample::story()]);
        let rule = &run["tool"]["driver"]["rules"][0];
        assert_eq!(rule["id"], "reuse-exhausted");
        assert!(rule["help"]["markdown"].as_str().unwrap().starts_with("# reuse-exhausted\n"));
        let result = &run["results"][0];
        let message = "`gen` has nothing left\n[made here](1)\n[used up here](2)\n[used again here](3)\n\
                       help: an async generator gives its items once";
        assert_eq!(result["message"]["text"], message);
        assert_eq!((&result["ruleIndex"], &result["level"]), (&json!(0), &json!("error")));
        let region = json!({"startLine": 3, "startColumn": 17, "endLine": 3, "endColumn": 20});
        assert_eq!(result["locations"][0]["physicalLocation"]["region"], region);
        assert_eq!(result["relatedLocations"][1]["message"]["text"], "used up here");
        let change = &result["fixes"][0]["artifactChanges"][0];
        assert_eq!(change["replacements"][0], json!({"deletedRegion": region, "insertedContent": {"text": "ticks()"}}));
        assert!(result.get("suppressions").is_none());
    }

    #[test]
    fn what_is_silenced_is_kept_with_its_reason() {
        let run = run(&[sample::silent()]);
        let suppressions = json!([{"kind": "inSource", "justification": "the server rewinds"}]);
        assert_eq!(run["results"][0]["suppressions"], suppressions);
    }

    #[test]
    fn addresses_have_no_odd_signs() {
        assert_eq!(escape("a b/é%.py"), "a%20b/%C3%A9%25.py");
    }
}
