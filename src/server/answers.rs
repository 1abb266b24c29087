//! Answers to what the client asks, each from the text that it was asked about.

use std::sync::Arc;

use serde_json::Value;
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::lsp_types::{
    CodeAction, CodeActionOrCommand, CodeActionParams, CodeActionResponse, Diagnostic, DocumentDiagnosticReport,
    ExecuteCommandParams, FullDocumentDiagnosticReport, Hover, InlayHint, InlayHintParams, MessageType,
    RelatedFullDocumentDiagnosticReport, RelatedUnchangedDocumentDiagnosticReport, TextDocumentPositionParams,
    UnchangedDocumentDiagnosticReport, Url,
};

use super::actions::{Desk, EXPLAIN_COMMAND, Unresolved};
use super::document::{Checked, Document};
use super::hover;
use super::notebook::Module;
use super::outgoing::Outgoing;
use super::queue::Request;
use super::worker::{Worker, fingerprint, path_of};
use crate::about::{about, landmarks};
use crate::config::read::no_such_rule;
use crate::rule::Rule;
use crate::rules::by_name;
use crate::text::Span;

impl Worker {
    /// Answers a question that was asked when the text was as old as `asked`.
    pub(super) fn answer(&mut self, asked: u64, request: Request) {
        if request.is_cancelled() {
            return;
        }
        if request.uri().is_some_and(|uri| self.clock_of(uri) != asked) {
            return request.refuse();
        }
        // Nobody waits any more when an answer cannot be sent.
        match request {
            Request::Findings(params, reply) => {
                let findings = self.answered(&params.text_document.uri);
                drop(reply.send(Ok(report(findings, params.previous_result_id.as_deref()))));
            }
            Request::Actions(params, reply) => drop(reply.send(Ok(self.actions(&params)))),
            Request::Resolve(action, reply) => drop(reply.send(self.resolve(*action))),
            Request::Hover(params, reply) => {
                drop(reply.send(Ok(self.hover(&params.text_document_position_params))));
            }
            Request::Command(params, reply) => drop(reply.send(self.run_command(&params))),
            Request::Hints(params, reply) => drop(reply.send(Ok(self.hints(&params)))),
            Request::Sweep(params, reply) => self.sweep(params, reply),
        }
    }

    /// What a client is told that asks about a text.
    fn answered(&mut self, uri: &Url) -> Vec<Diagnostic> {
        // What is told unasked would be shown twice.
        if self.documents.get(uri).is_some_and(|document| !self.is_asked_about(document)) {
            return Vec::new();
        }
        let findings = self.checked_soon(uri).map(|checked| self.findings(uri, &checked)).unwrap_or_default();
        if let Some(document) = self.documents.get_mut(uri) {
            document.answered = Some(fingerprint(&findings));
            // All of it is to be checked still when this was a draft.
            document.is_shaken = document.is_python && document.checked.is_none();
        }
        findings
    }

    fn actions(&mut self, params: &CodeActionParams) -> Option<CodeActionResponse> {
        let uri = &params.text_document.uri;
        let checked = self.checked(uri)?;
        let module = self.module_of(uri);
        let document = self.documents.get(uri)?;
        let place = document.span(params.range, self.client.manner.encoding);
        let actions = self.at_desk(document, &checked, module, |desk| desk.actions(place, &params.context))?;
        if self.client.takes_actions {
            return Some(actions.into_iter().map(CodeActionOrCommand::CodeAction).collect());
        }
        Some(actions.into_iter().filter_map(|action| action.command).map(CodeActionOrCommand::Command).collect())
    }

    fn resolve(&mut self, mut action: CodeAction) -> Result<CodeAction> {
        // What needs nothing more comes back as it is.
        let Some(data) = action.data.take() else { return Ok(action) };
        let data: Unresolved =
            serde_json::from_value(data).map_err(|_| Error::invalid_params("this action is not ours"))?;
        let checked = self.checked(&data.uri).ok_or_else(Error::content_modified)?;
        let module = self.module_of(&data.uri);
        let document = self.documents.get(&data.uri).filter(|document| document.version == data.version);
        let document = document.ok_or_else(Error::content_modified)?;
        action.edit = self.at_desk(document, &checked, module, |desk| desk.all_mended(data.reach));
        Ok(action)
    }

    /// Where actions about a text are made; None when the text has no settings in force.
    fn at_desk<T>(
        &self,
        document: &Document,
        checked: &Checked,
        module: Option<(Arc<Module>, usize)>,
        work: impl FnOnce(&Desk) -> T,
    ) -> Option<T> {
        let settings = self.settings(&document.uri)?;
        Some(work(&Desk {
            client: &self.client,
            uri: &document.uri,
            version: document.version,
            checked,
            module,
            project: &self.project,
            config: &settings.config,
            uri_of: &|name| self.uri_of(name),
        }))
    }

    fn hover(&mut self, place: &TextDocumentPositionParams) -> Option<Hover> {
        let uri = &place.text_document.uri;
        let document = self.documents.get_mut(uri)?;
        let offset = document.offset(place.position, self.client.manner.encoding);
        if document.name.ends_with(".toml") {
            return hover::in_settings(&self.client, &document.source(), offset);
        }
        let checked = self.checked(uri)?;
        self.share();
        let expression = match self.module_of(uri) {
            Some((module, index)) => {
                let there = module.offset(index, offset)?;
                about(&module.source, &self.project, there).and_then(|about| module.about(about, index))
            }
            None => about(&checked.source, &self.project, offset),
        };
        hover::at(&self.client, &checked, offset, expression, &|name| self.uri_of(name))
    }

    fn hints(&mut self, params: &InlayHintParams) -> Option<Vec<InlayHint>> {
        let uri = &params.text_document.uri;
        let path = path_of(uri).unwrap_or_else(|| self.folders.first().to_path_buf());
        if !self.folders.of(&path).wishes.inlay_hints {
            return None;
        }
        let checked = self.checked(uri)?;
        let document = self.documents.get(uri)?;
        let place = document.span(params.range, self.client.manner.encoding);
        self.share();
        let found = match self.module_of(uri) {
            Some((module, index)) => {
                let within = Span::new(module.offset(index, place.start)?, module.offset(index, place.end)?);
                let mut found = landmarks(&module.source, &self.project, within);
                found.retain_mut(|landmark| match module.cells.place(Span::at(landmark.at)) {
                    Some((there, span)) if there == index => {
                        landmark.at = span.start;
                        true
                    }
                    _ => false,
                });
                found
            }
            None => landmarks(&checked.source, &self.project, place),
        };
        Some(hover::hints(&self.client, &checked, found))
    }

    fn run_command(&self, params: &ExecuteCommandParams) -> Result<Option<Value>> {
        if params.command != EXPLAIN_COMMAND {
            return Err(Error::invalid_params(format!("there is no command `{}`", params.command)));
        }
        let name = params.arguments.first().and_then(Value::as_str).unwrap_or_default();
        let rule = by_name(name).ok_or_else(|| Error::invalid_params(no_such_rule(name)))?;
        self.out.send(match written(rule).filter(|_| self.client.shows_documents) {
            Some(page) => Outgoing::Document(page),
            None => Outgoing::Show(MessageType::INFO, format!("{}: {}\n{}", name, rule.summary(), rule.meta().docs)),
        });
        Ok(None)
    }
}

/// The answer to a client that asks for findings; short when it has them already.
fn report(findings: Vec<Diagnostic>, known: Option<&str>) -> DocumentDiagnosticReport {
    let id = result_id(&findings);
    if known == Some(&id) {
        return RelatedUnchangedDocumentDiagnosticReport {
            related_documents: None,
            unchanged_document_diagnostic_report: UnchangedDocumentDiagnosticReport { result_id: id },
        }
        .into();
    }
    RelatedFullDocumentDiagnosticReport {
        related_documents: None,
        full_document_diagnostic_report: FullDocumentDiagnosticReport { result_id: Some(id), items: findings },
    }
    .into()
}

/// By which a client says what it knows already.
pub(super) fn result_id(findings: &[Diagnostic]) -> String {
    format!("{:x}", fingerprint(findings))
}

/// The rule's page as a file that an editor can show.
fn written(rule: &Rule) -> Option<Url> {
    let folder = std::env::temp_dir().join(concat!("aiterlint-", env!("CARGO_PKG_VERSION")));
    let path = folder.join(format!("{}.md", rule.name));
    std::fs::create_dir_all(&folder).ok()?;
    std::fs::write(&path, rule.markdown()).ok()?;
    Url::from_file_path(path).ok()
}
