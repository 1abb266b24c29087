//! What the client can do, as far as it matters here.

use tower_lsp::lsp_types::{ClientCapabilities, MarkupKind};

use super::convert::{Encoding, Manner};

#[derive(Clone, Default, Debug)]
pub struct Client {
    pub manner: Manner,
    /// It asks for findings itself; then none are sent unasked, or it would show everything twice.
    pub pulls: bool,
    /// It takes edits that say which version of a text they are for.
    pub versioned_edits: bool,
    /// It asks for an action's edit only when somebody picks the action.
    pub resolves_actions: bool,
    /// It can show a page in the browser or an editor.
    pub shows_documents: bool,
    /// Hover may be Markdown.
    pub reads_markdown: bool,
    /// It takes actions, not just commands.
    pub takes_actions: bool,
    /// It can be told later that it is to ask for findings, and how.
    pub registers_findings: bool,
    /// It tells which files on disk have changed, if it is asked to.
    pub watches: bool,
    /// It answers questions about settings, and says when they change, if it is asked to.
    pub answers_settings: bool,
    pub registers_settings: bool,
    /// It asks again for findings, or for hints, when it is told to.
    pub refreshes: bool,
    pub refreshes_hints: bool,
    /// It shows how far something is.
    pub shows_progress: bool,
}

impl Client {
    pub fn new(capabilities: &ClientCapabilities) -> Client {
        let general = capabilities.general.clone().unwrap_or_default();
        let document = capabilities.text_document.clone().unwrap_or_default();
        let workspace = capabilities.workspace.clone().unwrap_or_default();
        let window = capabilities.window.clone().unwrap_or_default();
        let told = document.publish_diagnostics.unwrap_or_default();
        let action = document.code_action.unwrap_or_default();
        let hover = document.hover.and_then(|hover| hover.content_format).unwrap_or_default();
        let is_on = |flag: Option<bool>| flag == Some(true);
        Client {
            manner: Manner {
                encoding: Encoding::agreed(&general.position_encodings.unwrap_or_default()),
                related: is_on(told.related_information),
                descriptions: is_on(told.code_description_support),
                tags: told.tag_support.is_some(),
            },
            pulls: document.diagnostic.is_some(),
            versioned_edits: workspace.workspace_edit.is_some_and(|it| is_on(it.document_changes)),
            resolves_actions: is_on(action.data_support)
                && action.resolve_support.is_some_and(|it| it.properties.iter().any(|name| name == "edit")),
            shows_documents: window.show_document.is_some_and(|it| it.support),
            reads_markdown: hover.first() == Some(&MarkupKind::Markdown),
            takes_actions: action.code_action_literal_support.is_some(),
            registers_findings: document.diagnostic.is_some_and(|it| is_on(it.dynamic_registration)),
            watches: workspace.did_change_watched_files.is_some_and(|it| is_on(it.dynamic_registration)),
            answers_settings: is_on(workspace.configuration),
            registers_settings: workspace.did_change_configuration.is_some_and(|it| is_on(it.dynamic_registration)),
            refreshes: workspace.diagnostic.is_some_and(|it| is_on(it.refresh_support)),
            refreshes_hints: workspace.inlay_hint.is_some_and(|it| is_on(it.refresh_support)),
            shows_progress: is_on(window.work_done_progress),
        }
    }
}
