//! The arithmetic of dotted names, and import statements as text.

/// One name that an import statement binds, read from its text alone.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Written<'t> {
    /// The dots of a relative import.
    pub level: u32,
    pub module: String,
    /// The name taken out of the module, `*` for all of them; None when the module itself is bound.
    pub name: Option<&'t str>,
    /// The name that code must mention to use it: for `import a.b` that is `b`.
    pub used_as: &'t str,
}

/// What the text of an import statement says. Whoever needs to be exact parses it; this costs next to nothing.
pub fn written(text: &str) -> Vec<Written<'_>> {
    let words = text.lines().flat_map(|line| {
        let line = line.split('#').next().unwrap_or_default();
        line.split([' ', '\t', '(', ')', '\\']).filter(|word| !word.is_empty())
    });
    // A comma is a word of its own.
    let words: Vec<&str> = words.flat_map(|word| word.split_inclusive(',')).flat_map(comma_apart).collect();
    match words.split_first() {
        Some((&"import", names)) => {
            let names = names.split(|word| *word == ",");
            names.filter_map(plain).collect()
        }
        Some((&"from", rest)) => {
            let Some(at) = rest.iter().position(|word| *word == "import") else { return Vec::new() };
            // Dots may stand apart from the name.
            let module = rest[..at].concat();
            let level = module.len() - module.trim_start_matches('.').len();
            let names = rest[at + 1..].split(|word| *word == ",");
            let names = names.filter_map(|name| match name {
                [name] => Some((*name, *name)),
                [name, "as", alias] => Some((*name, *alias)),
                _ => None,
            });
            let of = |(name, used_as)| Written {
                level: level as u32,
                module: module[level..].to_string(),
                name: Some(name),
                used_as,
            };
            names.map(of).collect()
        }
        _ => Vec::new(),
    }
}

fn comma_apart(word: &str) -> impl Iterator<Item = &str> {
    let (name, comma) = match word.strip_suffix(',') {
        Some(name) => (name, Some(",")),
        None => (word, None),
    };
    Some(name).filter(|name| !name.is_empty()).into_iter().chain(comma)
}

/// `a.b` or `a.b as c`
fn plain<'t>(words: &[&'t str]) -> Option<Written<'t>> {
    let (module, used_as) = match words {
        [module] => (*module, module.rsplit('.').next().unwrap_or_default()),
        [module, "as", alias] => (*module, *alias),
        _ => return None,
    };
    Some(Written { level: 0, module: module.to_string(), name: None, used_as })
}

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
        let one = |written: Written| {
            let dots = ".".repeat(written.level as usize);
            let name = written.name.map_or(String::new(), |name| format!(":{name}"));
            format!("{dots}{}{name}>{}", written.module, written.used_as)
        };
        let found: Vec<String> = written(text).into_iter().map(one).collect();
        assert_eq!(found.join(" "), expected, "{text}");
    }

    #[test]
    fn import_statements_are_read_from_their_text() {
        check("import a", "a>a");
        check("import a.b, c as d,e", "a.b>b c>d e>e");
        check("from a import b", "a:b>b");
        check("from .a.b import (  # why\n    c as d,  # not (e)\n    f,\n)", ".a.b:c>d .a.b:f>f");
        check("from . import a, b", ".:a>a .:b>b");
        check("from .. a import *", "..a:*>*");
        check("from a \\\n  import b", "a:b>b");
        check("from a import(b,c)", "a:b>b a:c>c");
        check("import", "");
        check("x = 1", "");
    }
}
