//! What is shown under the pointer: what an expression is, what a finding is about, what the name of a rule means.

use tower_lsp::lsp_types::{Hover, HoverContents, InlayHint, InlayHintLabel, MarkupContent, MarkupKind, Range, Url};

use super::client::Client;
use super::document::Checked;
use crate::about::{About, Landmark, Origin};
use crate::diagnostic::Diagnostic;
use crate::explain;
use crate::kind::Pass;
use crate::render::Palette;
use crate::rule::Rule;
use crate::rules::by_name;
use crate::text::{Source, Span};

/// How wide plain text is set.
const WIDTH: usize = 80;

/// About a place in a text; None when there is nothing to say. `expression` is what is known about the expression
/// there, `uri_of` names other files.
pub fn at(
    client: &Client,
    checked: &Checked,
    offset: u32,
    expression: Option<About>,
    uri_of: &dyn Fn(&str) -> Option<Url>,
) -> Option<Hover> {
    let source = &checked.source;
    if let Some((rule, span)) = named(source, offset) {
        return Some(hover(client, client.manner.encoding.range(source, span), &page(client, rule)));
    }
    let mut parts: Vec<String> = expression.iter().map(|about| told(client, source, about, uri_of)).collect();
    let touches = |found: &&Diagnostic| found.span.start <= offset && offset <= found.span.end;
    let found: Vec<&Diagnostic> = checked.report.diagnostics.iter().filter(touches).collect();
    for found in &found {
        if let Some(rule) = by_name(found.rule) {
            parts.push(reason(&page(client, rule)));
        }
    }
    parts.dedup();
    let narrowest = found.iter().map(|found| found.span).min_by_key(|span| span.len());
    let span = narrowest.or(expression.map(|about| about.span))?;
    Some(hover(client, client.manner.encoding.range(source, span), &parts.join("\n\n")))
}

/// What iterators are where names get them, and where they are used up.
pub fn hints(client: &Client, checked: &Checked, landmarks: Vec<Landmark>) -> Vec<InlayHint> {
    let hints = landmarks.into_iter().map(|landmark| InlayHint {
        position: client.manner.encoding.position(&checked.source, landmark.at),
        label: InlayHintLabel::String(landmark.text),
        kind: None,
        text_edits: None,
        tooltip: None,
        padding_left: None,
        padding_right: None,
        data: None,
    });
    hints.collect()
}

/// An expression in one line: "async generator from `stream()`, helpers.py:12, one pass, used up on line 20".
fn told(client: &Client, source: &Source, about: &About, uri_of: &dyn Fn(&str) -> Option<Url>) -> String {
    let bold = if client.reads_markdown { "**" } else { "" };
    let mut parts = Vec::new();
    for origin in &about.from {
        let name = origin.name.as_ref().map(|name| format!("`{name}()`, ")).unwrap_or_default();
        parts.push(format!("from {name}{}", place(client, source, origin, uri_of)));
    }
    match about.pass {
        Some(Pass::Once) => parts.push("one pass".to_string()),
        Some(Pass::Fresh) => parts.push("a new pass for each loop".to_string()),
        Some(Pass::Unknown) => parts.push("`async for` takes it".to_string()),
        None => {}
    }
    parts.extend(about.awaited.as_ref().map(|awaited| format!("`await` gives {awaited}")));
    parts.extend(about.used_up.map(|span| format!("used up on line {}", source.place(span.start).line)));
    // "an async generator from `feed()`, one pass", but "an async iterator, one pass".
    let join = if about.from.is_empty() { ", " } else { " " };
    let what = format!("{bold}{}{bold}", about.what);
    if parts.is_empty() { what } else { format!("{what}{join}{}", parts.join(", ")) }
}

/// Where something is: a line of this file, or a file and a line, as a link where links are read.
fn place(client: &Client, source: &Source, origin: &Origin, uri_of: &dyn Fn(&str) -> Option<Url>) -> String {
    let Some(file) = &origin.file else { return format!("line {}", source.place(origin.span.start).line) };
    let line = file.place(origin.span.start).line;
    if let Some(cell) = file.cell {
        return format!("cell {cell}, line {line}");
    }
    let name = file.path.rsplit('/').next().unwrap_or_default();
    match uri_of(&file.path).filter(|_| client.reads_markdown) {
        Some(uri) => format!("[{name}:{line}]({uri}#L{line})"),
        None => format!("{name}:{line}"),
    }
}

/// About a name in a settings file.
pub fn in_settings(client: &Client, source: &Source, offset: u32) -> Option<Hover> {
    let (rule, span) = rule_at(source, offset)?;
    Some(hover(client, client.manner.encoding.range(source, span), &page(client, rule)))
}

/// The rule that is named at this place of an ignore comment.
fn named(source: &Source, offset: u32) -> Option<(&'static Rule, Span)> {
    let lines = source.lines();
    let start = lines.start(lines.line(offset));
    let text = source.line(lines.line(offset));
    let comment = text.find("aiterlint:").filter(|at| text[..*at].contains('#'))?;
    rule_at(source, offset).filter(|(_, span)| start + comment as u32 <= span.start)
}

/// The rule whose name stands at this place.
fn rule_at(source: &Source, offset: u32) -> Option<(&'static Rule, Span)> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let (before, after) = source.text.split_at_checked(offset as usize)?;
    let from = before.trim_end_matches(is_name).len();
    let to = source.text.len() - after.trim_start_matches(is_name).len();
    let rule = by_name(source.text.get(from..to)?)?;
    Some((rule, Span::new(from as u32, to as u32)))
}

fn page(client: &Client, rule: &Rule) -> String {
    if client.reads_markdown { rule.markdown() } else { explain::text(rule, WIDTH, &Palette::default()) }
}

/// The page up to its example: the code is there already.
fn reason(page: &str) -> String {
    let end = page.find("\n## Example").or_else(|| page.find("\nExample\n")).unwrap_or(page.len());
    page[..end].trim_end().to_string()
}

fn hover(client: &Client, range: Range, text: &str) -> Hover {
    let kind = if client.reads_markdown { MarkupKind::Markdown } else { MarkupKind::PlainText };
    let contents = HoverContents::Markup(MarkupContent { kind, value: text.to_string() });
    Hover { contents, range: Some(range) }
}
