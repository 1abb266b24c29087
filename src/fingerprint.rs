//! What a finding is recognised by after its file has been edited: its rule and the code it is about, never its place.
//!
//! The numbers stand in files that people commit, so they must be the same on every machine and in every version.

use xxhash_rust::xxh3::xxh3_64;

use crate::diagnostic::Diagnostic;
use crate::text::Source;

/// The rule and the line that the finding begins on, however it is indented. Two findings may share it: who compares
/// them counts.
pub fn of(source: &Source, finding: &Diagnostic) -> String {
    let line = source.line(source.lines().line(finding.span.start));
    let words: Vec<&str> = line.split_whitespace().collect();
    hash(&[finding.rule, &words.join(" ")])
}

/// One number for several texts; no two lists of texts run together.
pub fn hash(parts: &[&str]) -> String {
    let mut bytes = Vec::new();
    for part in parts {
        bytes.extend_from_slice(&(part.len() as u64).to_le_bytes());
        bytes.extend_from_slice(part.as_bytes());
    }
    of_bytes(&bytes)
}

/// One number for bytes.
pub fn of_bytes(bytes: &[u8]) -> String {
    format!("{:016x}", number(bytes))
}

/// The same, where nobody reads it.
pub fn number(bytes: &[u8]) -> u64 {
    xxh3_64(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Severity;
    use crate::text::Span;

    fn fingerprint(text: &str, rule: &'static str) -> String {
        let at = text.find("gen").unwrap() as u32;
        let (span, severity, message) = (Span::new(at, at + 3), Severity::Error, "said".to_string());
        let finding = Diagnostic { rule, severity, span, message, notes: vec![], help: None, fix: None };
        of(&Source::new("a.py", text), &finding)
    }

    #[test]
    fn it_stays_when_the_code_moves_and_changes_with_the_code() {
        let here = fingerprint("async for x in gen:\n", "a");
        assert_eq!(here, fingerprint("import y\n\n    async  for x in gen:  \r\n", "a"));
        assert_ne!(here, fingerprint("async for y in gen:\n", "a"));
        assert_ne!(here, fingerprint("async for x in gen:\n", "b"));
        // Written into baselines: it must never be another one.
        assert_eq!(hash(&["a", "b"]), "f60759a5e1ff0d49");
        assert_ne!(hash(&["a", "b"]), hash(&["ab", ""]));
    }
}
