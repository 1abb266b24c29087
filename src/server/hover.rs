//! What is shown under the pointer: what a finding is about, and what the name of a rule means.

use tower_lsp::lsp_types::{Hover, HoverContents, MarkupContent, MarkupKind, Range};

use super::client::Client;
use super::document::Checked;
use crate::diagnostic::Diagnostic;
use crate::explain;
use crate::render::Palette;
use crate::rule::Rule;
use crate::rules::by_name;
use crate::text::{Source, Span};

/// How wide plain text is set.
const WIDTH: usize = 80;

/// About a place in a text; None when there is nothing to say.
pub fn at(client: &Client, checked: &Checked, offset: u32) -> Option<Hover> {
    let source = &checked.source;
    if let Some((rule, span)) = named(source, offset) {
        return Some(hover(client, client.manner.encoding.range(source, span), &page(client, rule)));
    }
    let touches = |found: &&Diagnostic| found.span.start <= offset && offset <= found.span.end;
    let found: Vec<&Diagnostic> = checked.report.diagnostics.iter().filter(touches).collect();
    let narrowest = found.iter().min_by_key(|found| found.span.len())?;
    let mut parts: Vec<String> = Vec::new();
    for found in &found {
        if let Some(rule) = by_name(found.rule) {
            parts.push(reason(&page(client, rule)));
        }
    }
    parts.dedup();
    Some(hover(client, client.manner.encoding.range(source, narrowest.span), &parts.join("\n\n")))
}

/// The rule that is named at this place of an ignore comment.
fn named(source: &Source, offset: u32) -> Option<(&'static Rule, Span)> {
    let lines = source.lines();
    let start = lines.start(lines.line(offset)) as usize;
    let text = source.line(lines.line(offset));
    let column = (offset as usize).checked_sub(start).filter(|column| *column <= text.len())?;
    let comment = text.find("aiterlint:").filter(|at| text[..*at].contains('#') && *at <= column)?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let from = text[comment..column].rfind(|c| !is_name(c)).map_or(comment, |at| comment + at + 1);
    let to = text[column..].find(|c| !is_name(c)).map_or(text.len(), |at| column + at);
    let rule = by_name(text.get(from..to)?)?;
    Some((rule, Span::new((start + from) as u32, (start + to) as u32)))
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
