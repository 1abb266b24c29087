//! What the client can do, as far as it matters here.

use tower_lsp::lsp_types::ClientCapabilities;

use super::convert::{Encoding, Manner};

#[derive(Clone, Default, Debug)]
pub struct Client {
    pub manner: Manner,
    /// It asks for findings itself; then none are sent unasked, or it would show everything twice.
    pub pulls: bool,
}

impl Client {
    pub fn new(capabilities: &ClientCapabilities) -> Client {
        let general = capabilities.general.clone().unwrap_or_default();
        let document = capabilities.text_document.clone().unwrap_or_default();
        let told = document.publish_diagnostics.unwrap_or_default();
        let is_on = |flag: Option<bool>| flag == Some(true);
        Client {
            manner: Manner {
                encoding: Encoding::agreed(&general.position_encodings.unwrap_or_default()),
                related: is_on(told.related_information),
                descriptions: is_on(told.code_description_support),
                tags: told.tag_support.is_some(),
            },
            pulls: document.diagnostic.is_some(),
        }
    }
}
