//! What was found in one file, as the cache keeps it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::check::Report;
use crate::diagnostic::{Diagnostic, Edit, Fix, Note, Safety, Severity};
use crate::files::Traced;
use crate::project::Texts;
use crate::rules::by_name;
use crate::suppress::{Silenced, Silencer};
use crate::text::{Source, Span};

#[derive(Clone, Serialize, Deserialize)]
pub struct Kept {
    /// What the file was checked with, as one number.
    pub settings: u64,
    spoken: Vec<KeptFinding>,
    silenced: Vec<(KeptFinding, Option<String>)>,
}

#[derive(Clone, Serialize, Deserialize)]
struct KeptFinding {
    rule: String,
    severity: u8,
    span: Pair,
    message: String,
    notes: Vec<KeptNote>,
    help: Option<String>,
    fix: Option<KeptFix>,
}

#[derive(Clone, Serialize, Deserialize)]
struct KeptNote {
    span: Pair,
    message: String,
    file: Option<String>,
}

#[derive(Clone, Serialize, Deserialize)]
struct KeptFix {
    title: String,
    safety: u8,
    edits: Vec<(Pair, String)>,
}

/// The two ends of a span.
type Pair = (u32, u32);

impl Kept {
    pub fn new(settings: u64, report: &Report) -> Kept {
        let silenced = report.suppressed.iter().map(|silenced| {
            let reason = match &silenced.by {
                Silencer::Comment { reason } => reason.clone(),
                Silencer::Baseline => None,
            };
            (KeptFinding::new(&silenced.diagnostic), reason)
        });
        let spoken = report.diagnostics.iter().map(KeptFinding::new);
        Kept { settings, spoken: spoken.collect(), silenced: silenced.collect() }
    }

    /// Nothing was found, nor silenced.
    pub fn is_clean(&self) -> bool {
        self.spoken.is_empty() && self.silenced.is_empty()
    }

    /// What was found. None when it does not fit the text: then the file is checked again.
    pub fn report(&self, source: &Source, texts: &Traced) -> Option<Report> {
        let spoken: Option<Vec<Diagnostic>> = self.spoken.iter().map(|kept| kept.finding(source, texts)).collect();
        let silenced = self.silenced.iter().map(|(kept, reason)| {
            let by = Silencer::Comment { reason: reason.clone() };
            Some(Silenced { diagnostic: kept.finding(source, texts)?, by })
        });
        Some(Report { diagnostics: spoken?, suppressed: silenced.collect::<Option<_>>()? })
    }
}

impl KeptFinding {
    fn new(found: &Diagnostic) -> KeptFinding {
        let note = |note: &Note| KeptNote {
            span: pair(note.span),
            message: note.message.clone(),
            file: note.file.as_ref().map(|file| file.path.to_string()),
        };
        let fix = |fix: &Fix| KeptFix {
            title: fix.title.clone(),
            safety: fix.safety as u8,
            edits: fix.edits.iter().map(|edit| (pair(edit.span), edit.text.clone())).collect(),
        };
        KeptFinding {
            rule: found.rule.to_string(),
            severity: found.severity as u8,
            span: pair(found.span),
            message: found.message.clone(),
            notes: found.notes.iter().map(note).collect(),
            help: found.help.clone(),
            fix: found.fix.as_ref().map(fix),
        }
    }

    fn finding(&self, source: &Source, texts: &Traced) -> Option<Diagnostic> {
        let note = |note: &KeptNote| {
            let file: Option<Arc<Source>> = match &note.file {
                Some(path) => Some(texts.modules().read(path)?),
                None => None,
            };
            let span = span(note.span, file.as_deref().unwrap_or(source))?;
            Some(Note { span, message: note.message.clone(), file })
        };
        let fix = match &self.fix {
            Some(fix) => {
                let all = [Safety::Safe, Safety::Unsafe, Safety::Shown];
                let edit = |(place, text): &(Pair, String)| Some(Edit::replace(span(*place, source)?, text));
                Some(Fix {
                    title: fix.title.clone(),
                    safety: all.into_iter().find(|safety| *safety as u8 == fix.safety)?,
                    edits: fix.edits.iter().map(edit).collect::<Option<_>>()?,
                })
            }
            None => None,
        };
        let severities = [Severity::Info, Severity::Warning, Severity::Error];
        Some(Diagnostic {
            rule: by_name(&self.rule)?.name,
            severity: severities.into_iter().find(|it| *it as u8 == self.severity)?,
            span: span(self.span, source)?,
            message: self.message.clone(),
            notes: self.notes.iter().map(note).collect::<Option<_>>()?,
            help: self.help.clone(),
            fix,
        })
    }
}

fn pair(span: Span) -> Pair {
    (span.start, span.end)
}

/// A place that the text really has.
fn span((start, end): Pair, source: &Source) -> Option<Span> {
    source.text.get(start as usize..end as usize).map(|_| Span::new(start, end))
}
