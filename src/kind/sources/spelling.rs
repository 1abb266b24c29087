//! Responses of clients of which nothing is known but how they are spelled.
//!
//! Clients are handed about, and mostly nobody says what they are. But what is entered by `….stream(…)` and read by
//! `.aiter_lines()` is a response of httpx, and what has a `.content.iter_any()` is one of aiohttp.

use super::*;

/// The methods that give the manager, and the ways to an iterator from what it gives.
static RESPONSES: &[(&[&str], &[&str])] = &[
    (&["stream"], &["aiter_bytes", "aiter_lines", "aiter_raw", "aiter_text"]),
    (
        &["delete", "get", "head", "options", "patch", "post", "put", "request"],
        &["content.iter_any", "content.iter_chunked", "content.iter_chunks"],
    ),
];

impl Kinds<'_> {
    /// The manager that closes what such a call reads from.
    pub(super) fn sources_by_spelling(&self, call: In<CallId>) -> Option<Source> {
        let module = self.module(call.file);
        let facts = &module.facts;
        let (name, way) = facts.node_text(facts[call.id].function).split_once('.')?;
        let mut root = facts[call.id].function;
        while let Expression::Attribute { object, .. } = facts.expression(root) {
            root = object;
        }
        if facts.name(root) != Some(name) {
            return None;
        }
        self.source_spelled(In { file: call.file, id: facts.bare(root) }, way)
    }

    /// The same for a name and what is asked of its value.
    pub(super) fn source_spelled(&self, name: In<NodeId>, way: &str) -> Option<Source> {
        let module = self.module(name.file);
        let facts = &module.facts;
        let (managers, _) = RESPONSES.iter().find(|(_, ways)| ways.contains(&way))?;
        let [binding] = self.bindings_at(name)[..] else { return None };
        let Bind::Entered { with, item, path: Some(path) } = &facts[binding].bind else { return None };
        let manager = facts[*with].items[*item].value;
        let (_, method) = self.receiver_of(In { file: name.file, id: facts.call(manager)? })?;
        let is_known = self.value(In { file: name.file, id: manager }) != Value::Unknown;
        if is_known || !path.is_empty() || !managers.contains(&method.as_str()) || self.may_be_filled(name) {
            return None;
        }
        let with = In { file: name.file, id: *with };
        let is_left = self.is_left_for_good(with, *item, binding, name.id);
        Some(Source { with, item: *item, is_left, is_itself: false })
    }
}
