//! What import statements say, and the arithmetic of dotted names.

/// The absolute name that an import means inside a module which is itself a plain module of the given dotted name.
pub fn absolute(importer: &str, level: u32, name: &str) -> Option<String> {
    if level == 0 {
        return Some(name.to_string());
    }
    let mut parts: Vec<&str> = importer.split('.').collect();
    for _ in 0..level {
        parts.pop()?;
    }
    if !name.is_empty() {
        parts.push(name);
    }
    Some(parts.join("."))
}

/// One import, as its line tells.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line<'t> {
    pub level: u32,
    pub module: &'t str,
    pub names: Names<'t>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Names<'t> {
    /// `import module`, `import module as name`: the name that stands for it.
    Module(&'t str),
    /// `from module import name as alias`
    Some(Vec<(&'t str, &'t str)>),
    /// `from module import *`
    Star,
}

/// Every import of a text, inside functions, too. Only lines are looked at, so that some that stand in a string are
/// among them.
pub fn lines(text: &str) -> Vec<Line<'_>> {
    let mut found = Vec::new();
    for at in memchr::memmem::find_iter(text.as_bytes(), b"import") {
        let start = text[..at].rfind(['\n', '\r', ';']).map_or(0, |end| end + 1);
        let before = text[start..at].trim_start();
        // `try: import x`
        let before = before.rsplit_once(':').map_or(before, |(_, before)| before).trim_start();
        let after = &text[at + "import".len()..];
        if before.is_empty() && after.starts_with([' ', '\t']) {
            let names = line(after).split(',').filter_map(named);
            found.extend(names.filter(|(module, _)| is_dotted(module)).map(|(module, alias)| {
                let bound = if alias == module { module.split('.').next().unwrap_or(module) } else { alias };
                Line { level: 0, module, names: Names::Module(bound) }
            }));
        } else if let Some(module) = before.strip_prefix("from")
            && module.starts_with([' ', '\t', '.'])
            && module.ends_with([' ', '\t', '.'])
            && after.starts_with([' ', '\t', '(', '*', '\\'])
        {
            let module = module.trim();
            let name = module.trim_start_matches(['.', ' ']);
            let level = module.len() - module.trim_start_matches('.').len();
            if name.is_empty() || is_dotted(name) {
                found.push(Line { level: level as u32, module: name, names: taken(after.trim_start()) });
            }
        }
    }
    found
}

/// The names behind `from … import`.
fn taken(after: &str) -> Names<'_> {
    let after = after.trim_start_matches(['\\', '\r', '\n', ' ', '\t']);
    if after.starts_with('*') {
        return Names::Star;
    }
    let list = match after.strip_prefix('(') {
        Some(inside) => inside.split(')').next().unwrap_or(inside),
        None => line(after),
    };
    // A comment ends with its line, a name may stand behind it.
    let parts = list.lines().map(|line| line.split('#').next().unwrap_or_default());
    Names::Some(parts.flat_map(|part| part.split(',')).filter_map(named).collect())
}

/// Up to the end of the statement: lines that end with a backslash go on.
fn line(text: &str) -> &str {
    let bytes = text.as_bytes();
    let mut ends = text.match_indices(['\n', ';', '#']).map(|(end, _)| end);
    let is_continued = |end: usize| bytes[end] == b'\n' && text[..end].trim_end_matches('\r').ends_with('\\');
    let end = ends.find(|&end| !is_continued(end)).unwrap_or(text.len());
    &text[..end]
}

/// `name`, `name as alias`
fn named(part: &str) -> Option<(&str, &str)> {
    let mut words = part.split(|c: char| c.is_whitespace() || c == '\\').filter(|word| !word.is_empty());
    let name = words.next()?;
    match (words.next(), words.next()) {
        (Some("as"), Some(alias)) => Some((name, alias)),
        _ => Some((name, name)),
    }
}

fn is_dotted(name: &str) -> bool {
    name.split('.').all(|part| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || c == '_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_climb_from_the_module() {
        assert_eq!(absolute("a.b.c", 0, "x"), Some("x".to_string()));
        assert_eq!(absolute("a.b.c", 1, "x"), Some("a.b.x".to_string()));
        assert_eq!(absolute("a.b.c", 2, ""), Some("a".to_string()));
        assert_eq!(absolute("a", 2, "x"), None);
    }

    fn check(text: &str, expected: &str) {
        let found: Vec<String> = lines(text)
            .into_iter()
            .map(|line| {
                let dots = ".".repeat(line.level as usize);
                let names = match line.names {
                    Names::Module(bound) => format!(" as {bound}"),
                    Names::Star => ": *".to_string(),
                    Names::Some(names) => {
                        let names: Vec<String> = names
                            .into_iter()
                            .map(|(name, alias)| if name == alias { name.into() } else { format!("{name}={alias}") })
                            .collect();
                        format!(": {}", names.join(" "))
                    }
                };
                format!("{dots}{}{names}", line.module)
            })
            .collect();
        assert_eq!(found.join(", "), expected, "{text}");
    }

    #[test]
    fn imports_are_read_by_lines() {
        check("import a\nimport b.c as d, e.f # g", "a as a, b.c as d, e.f as e");
        check("from a.b import c, d as e", "a.b: c d=e");
        check("from . import a\nfrom ..b import c\nfrom.d import e", ".: a, ..b: c, .d: e");
        check("from a import (  # why\n    b,  # c\n    d as e,\n)\nimport f", "a: b d=e, f as f");
        check("from a import b, \\\n    c\nfrom d import *", "a: b c, d: *");
        check("def f():\n    from a import b\n    import c; import d", "a: b, c as c, d as d");
        check("try: import a\nexcept ImportError: from b import a", "a as a, b: a");
        check("x = importlib.import_module('a')\nimportant = 1\n# import x y\nfrom_import = 2", "");
        check("from __future__ import annotations\r\nimport a\r\n", "__future__: annotations, a as a");
    }
}
