//! Who may import whom: the walls that a workspace of many crates would have, in one.
//!
//! A module may use those above it in `LAYERS`, and an outside crate only where `CRATES` says that it lives. Every file
//! of `src/` is read as the compiler's tokens, so that no comment and no string is taken for an import; what stands
//! under `#[cfg(test)]` may use what it likes. `docs/architecture.md` has the reasons.

use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// From the ground up. A module's own submodules belong to it, unless they have a line of their own.
const LAYERS: [&str; 24] = [
    "panics",
    "text",
    "diagnostic",
    "fingerprint",
    "config",
    "syntax",
    "facts",
    "flow",
    "project",
    "kind",
    "rule",
    "rules",
    "look",
    "suppress",
    "check",
    "about",
    "fix",
    "notebook",
    "files",
    "config::read",
    "render",
    "explain",
    "cli",
    "server",
];

/// Layers that may use less than everything above them.
const NARROWER: [(&str, &[&str], &str); 4] = [
    ("diagnostic", &["text"], "a finding is plain data"),
    ("syntax", &["text"], "the syntax of a file knows nothing of findings and settings"),
    ("notebook", &["text", "syntax"], "a notebook is text in another shape"),
    ("facts", &["text", "syntax"], "a fact is true whatever the rules and the settings are"),
];

/// Where outside crates live, and the parts of `std` that reach outside. What is not listed may be used everywhere.
const CRATES: [(&[&str], &[&str]); 16] = [
    (&["tree_sitter", "tree_sitter_python"], &["syntax"]),
    (&["aho_corasick", "memchr"], &["text", "syntax", "project", "look"]),
    (&["rayon", "ignore"], &["files", "cli"]),
    (&["encoding_rs", "tempfile"], &["files", "cli"]),
    (&["clap", "clap_complete", "clap_mangen", "notify", "postcard"], &["cli"]),
    (&["codespan_reporting"], &["render"]),
    (&["anstream", "anstyle"], &["explain", "render", "cli"]),
    (&["similar"], &["files", "render", "cli", "server"]),
    (&["serde_sarif", "quick_junit", "quick_xml"], &["render"]),
    (&["supports_hyperlinks"], &["cli"]),
    (&["xxhash_rust"], &["fingerprint"]),
    (&["serde", "serde_json"], &["notebook", "config::read", "explain", "render", "cli", "server"]),
    (&["toml"], &["config::read"]),
    (&["pep440_rs"], &["config"]),
    (&["ropey", "tower_lsp", "tower", "tokio", "futures", "rustix"], &["server"]),
    (
        &["std::env", "std::fs", "std::net", "std::process"],
        &["config::read", "files", "explain", "render", "cli", "server"],
    ),
];

#[test]
fn every_file_keeps_the_walls() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    rust_files(&root.join("src"), &mut files);
    assert!(files.len() > 5, "src/ holds more than that");
    let mut said = Vec::new();
    for path in files {
        let text = fs::read_to_string(&path).expect("source is UTF-8");
        let name = path.strip_prefix(root).expect("it lies below").to_string_lossy().replace('\\', "/");
        said.extend(violations(&name, &text));
    }
    assert!(said.is_empty(), "\n{}\n", said.join("\n"));
}

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) {
    let mut paths: Vec<_> =
        fs::read_dir(folder).expect("it is there").map(|entry| entry.expect("it is read").path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// What a file uses that it must not, as `src/x.rs:12: sentence`.
fn violations(file: &str, text: &str) -> Vec<String> {
    let module = module_of(file);
    if module.is_empty() {
        // lib.rs and main.rs name the layers and join them.
        return Vec::new();
    }
    let Some(own) = layer_of(&module) else {
        return vec![format!("{file}:1: `{module}` belongs to no layer: give it a place in tests/layers.rs")];
    };
    let tokens: TokenStream = text.parse().unwrap_or_else(|error| panic!("{file}: {error}"));
    let mut uses = Vec::new();
    collect(&tokens.into_iter().collect::<Vec<_>>(), &mut uses);
    uses.sort_by_key(|used| used.line);
    let said = uses.iter().filter_map(|used| {
        let message = match resolve(&module, &used.path) {
            Some(target) => wall(own, &module, &target),
            None => fence(own, &used.path),
        };
        message.map(|message| format!("{file}:{}: {message}", used.line))
    });
    said.collect()
}

/// `src/kind/infer.rs` is `kind::infer`; the roots have no name.
fn module_of(file: &str) -> String {
    let path = file.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
    if matches!(path, "lib" | "main") { String::new() } else { path.replace('/', "::") }
}

/// The layer that a path inside the crate belongs to.
fn layer_of(path: &str) -> Option<&'static str> {
    let holds = |layer: &&str| path == *layer || path.strip_prefix(*layer).is_some_and(|rest| rest.starts_with("::"));
    LAYERS.into_iter().filter(holds).max_by_key(|layer| layer.len())
}

/// Why one module may not use another; both as paths inside the crate.
fn wall(own: &str, module: &str, target: &str) -> Option<String> {
    let theirs = layer_of(target)?;
    if own == "rules" && theirs == "rules" && module != "rules" {
        return (!is_within(target, module))
            .then(|| format!("the rule `{module}` uses `{target}`: rules do not know each other"));
    }
    if own == theirs {
        return None;
    }
    if (own, theirs) == ("server", "cli") {
        return Some(format!("`server` uses `{target}`: the two shells do not know each other"));
    }
    if let Some((_, allowed, why)) = NARROWER.iter().find(|(layer, _, _)| *layer == own)
        && !allowed.contains(&theirs)
    {
        return Some(format!("`{own}` uses `{target}`: {why}; it may use {}", allowed.join(", ")));
    }
    let height = |layer: &str| LAYERS.iter().position(|name| *name == layer);
    (height(theirs) > height(own)).then(|| format!("`{own}` uses `{target}`, and `{theirs}` is built upon `{own}`"))
}

fn is_within(path: &str, module: &str) -> bool {
    path.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// Why a layer may not use an outside crate.
fn fence(own: &str, path: &[String]) -> Option<String> {
    let path = path.join("::");
    let (names, homes) = CRATES.iter().find(|(names, _)| names.iter().any(|name| is_within(&path, name)))?;
    let name = names.iter().find(|name| is_within(&path, name))?;
    (!homes.contains(&own)).then(|| format!("`{own}` uses `{name}`, which is for {} only", homes.join(", ")))
}

/// A path inside the crate without `crate`, `self` and `super`; None for a path that leads elsewhere.
fn resolve(module: &str, path: &[String]) -> Option<String> {
    let mut at: Vec<&str> = match path[0].as_str() {
        "crate" => Vec::new(),
        "self" | "super" => module.split("::").collect(),
        _ => return None,
    };
    for name in path {
        match name.as_str() {
            "crate" | "self" => {}
            "super" => {
                at.pop();
            }
            name => at.push(name),
        }
    }
    Some(at.join("::"))
}

struct Use {
    path: Vec<String>,
    line: usize,
}

/// Every path of two names and more, and every `use`; groups in braces are taken apart.
fn collect(tokens: &[TokenTree], uses: &mut Vec<Use>) {
    let mut at = 0;
    while at < tokens.len() {
        if let Some(length) = test_item(&tokens[at..]) {
            at += length;
            continue;
        }
        match &tokens[at] {
            TokenTree::Group(group) => {
                collect(&group.stream().into_iter().collect::<Vec<_>>(), uses);
                at += 1;
            }
            TokenTree::Ident(_) => {
                let is_import = at > 0 && is_ident(&tokens[at - 1], "use");
                at += path(&tokens[at..], &[], is_import, uses);
            }
            _ => at += 1,
        }
    }
}

/// Reads one path that starts with a name, and says how many tokens it has.
fn path(tokens: &[TokenTree], prefix: &[String], is_import: bool, uses: &mut Vec<Use>) -> usize {
    let mut path = prefix.to_vec();
    let line = tokens[0].span().start().line;
    let mut at = 0;
    while let Some(TokenTree::Ident(name)) = tokens.get(at) {
        path.push(name.to_string());
        at += 1;
        if !is_double_colon(&tokens[at..]) {
            break;
        }
        at += 2;
    }
    if let Some(TokenTree::Group(group)) = tokens.get(at)
        && group.delimiter() == Delimiter::Brace
        && at >= 2
        && is_double_colon(&tokens[at - 2..])
    {
        let inside: Vec<TokenTree> = group.stream().into_iter().collect();
        let names = inside.split(|token| matches!(token, TokenTree::Punct(comma) if comma.as_char() == ','));
        for one in names.filter(|one| !one.is_empty()) {
            self::path(one, &path, true, uses);
        }
        return at + 1;
    }
    if is_import || path.len() > 1 {
        uses.push(Use { path, line });
    }
    at.max(1)
}

/// The length of an item that is only there in tests: `#[cfg(test)]`, up to its body or semicolon.
fn test_item(tokens: &[TokenTree]) -> Option<usize> {
    let [TokenTree::Punct(hash), TokenTree::Group(attribute), ..] = tokens else { return None };
    let is_test = hash.as_char() == '#' && attribute.stream().to_string().replace(' ', "") == "cfg(test)";
    let is_end = |token: &TokenTree| match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Punct(punct) => punct.as_char() == ';',
        _ => false,
    };
    let end = tokens.iter().position(is_end).unwrap_or(tokens.len() - 1);
    is_test.then_some(end + 1)
}

fn is_ident(token: &TokenTree, name: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == name)
}

fn is_double_colon(tokens: &[TokenTree]) -> bool {
    let is_colon = |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ':');
    tokens.len() >= 2 && tokens[..2].iter().all(is_colon)
}

fn check(file: &str, text: &str, expected: &[&str]) {
    let found = violations(file, text);
    let agree = found.len() == expected.len() && found.iter().zip(expected).all(|(found, part)| found.contains(part));
    assert!(agree, "{file}: {text}\nfound: {found:#?}\nexpected: {expected:#?}");
}

#[test]
fn what_stands_above_may_be_used() {
    check("src/facts.rs", "use crate::text::Span;\nuse crate::syntax::{Tree, names::Field};", &[]);
    check("src/facts/collect.rs", "use super::Facts;\nuse super::super::text::Span;\nuse self::x::Y;", &[]);
    check("src/kind.rs", "fn f(x: crate::project::Project) { crate::flow::solve(x) }", &[]);
    check(
        "src/rules/a.rs",
        "use crate::rule::{Cx, Rule};\nuse crate::kind::Answer;\nuse super::super::facts::LoopId;",
        &[],
    );
    check("src/rules.rs", "mod a;\nuse crate::rule::Rule;\nuse self::a::RULE;", &[]);
    check("src/config/read.rs", "use crate::rules;\nuse crate::config::Config;\nuse toml::Value;", &[]);
    check("src/cli/lint.rs", "use crate::{check::check, render};\nuse clap::Parser;", &[]);
    check("src/lib.rs", "pub use crate::server::run;", &[]);
}

#[test]
fn what_stands_below_may_not() {
    check(
        "src/text.rs",
        "\nuse crate::syntax::Tree;",
        &["src/text.rs:2: `text` uses `syntax::Tree`, and `syntax` is built"],
    );
    check("src/flow.rs", "use crate::kind::Kind;", &["`kind` is built upon `flow`"]);
    check("src/project.rs", "use crate::{text::Span, kind};", &["`project` uses `kind`"]);
    check("src/kind/infer.rs", "fn f() { super::super::rule::g() }", &["src/kind/infer.rs:1: `kind` uses `rule::g`"]);
    check("src/config.rs", "use crate::config::read::find;", &["`config` uses `config::read::find`"]);
    check("src/rule.rs", "macro_rules! r { () => { $crate::rules::RULES } }", &["`rule` uses `rules::RULES`"]);
    check("src/check.rs", "use crate::{\n    text::Span,\n    fix::{\n        fix,\n    },\n};", &["src/check.rs:4:"]);
    check("src/cli.rs", "use crate::server;", &["`server` is built upon `cli`"]);
}

#[test]
fn narrow_walls_are_kept() {
    check("src/facts.rs", "use crate::config::Config;", &["a fact is true whatever"]);
    check("src/syntax/outline.rs", "use crate::diagnostic::Edit;", &["knows nothing of findings"]);
    check("src/server/worker.rs", "use crate::cli::run;", &["two shells"]);
    check("src/rules/a.rs", "use crate::rules::b::RULE;", &["rules do not know each other"]);
    check("src/rules/a.rs", "use super::b;", &["the rule `rules::a` uses `rules::b`"]);
    check("src/rules/a.rs", "use crate::rules::by_name;", &["rules do not know each other"]);
    check("src/helpers.rs", "", &["belongs to no layer"]);
}

#[test]
fn crates_live_where_they_belong() {
    check("src/syntax/parse.rs", "use tree_sitter::Parser;", &[]);
    check("src/facts.rs", "use tree_sitter::Node;", &["`facts` uses `tree_sitter`, which is for syntax only"]);
    check("src/facts.rs", "fn f(n: tree_sitter_python::X) {}", &["`tree_sitter_python`"]);
    check("src/rules/a.rs", "use std::{fmt, fs};", &["`rules` uses `std::fs`"]);
    check("src/check.rs", "fn f() { std::process::exit(1) }", &["`check` uses `std::process`"]);
    check("src/config.rs", "use toml;", &["`config` uses `toml`"]);
    check("src/diagnostic.rs", "#[derive(serde::Serialize)]\nstruct S;", &["`diagnostic` uses `serde`"]);
    check("src/project.rs", "use std::collections::HashMap;\nuse rustc_hash::FxHashMap;", &[]);
}

#[test]
fn comments_strings_and_tests_are_free() {
    check("src/text.rs", "//! crate::server\n// use crate::server;\nconst S: &str = \"crate::server\";", &[]);
    check("src/text.rs", "#[cfg(test)]\nmod tests {\n    use crate::check::check;\n    use std::fs;\n}", &[]);
    check("src/text.rs", "#[cfg(test)]\nuse crate::check::check;\nuse crate::rule::Rule;", &["src/text.rs:3:"]);
    check("src/text.rs", "#[cfg(unix)]\nmod m {\n    use crate::rule::Rule;\n}", &["src/text.rs:3:"]);
}
