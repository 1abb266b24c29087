//! Kinds, held against expectations that stand beside the line:
//!
//! ```python
//! # file: feed.py
//! async def ticks():
//!     yield 1
//! # file: main.py
//! from feed import ticks
//! feed = ticks()  # kind: an async generator, once, not awaitable
//! ```
//!
//! What is asked about is the value of the assignment, or the expression, on the line. Each part between commas must
//! hold: the value in words as `describe` has them, `a class C`, `a function f`, `a module m`, `unknown`, `never`, an
//! ability with or without `not` before it, `gives X` for what `await` gives, `enters X`, `item X`, `async item X` (X
//! is a value in words), or `maybe` before an ability that must not be certain.

use std::sync::Arc;

use super::*;
use crate::facts::Bind;
use crate::project::{Found, Owner, Texts};
use crate::text::Source;

mod contents;
mod defaults;
mod ends;
mod kinds;
mod library;
mod passed;

/// The files of one test, all below one root.
struct Files(Vec<Arc<Source>>);

impl Texts for Files {
    fn find(&self, from: &str, level: u32, module: &str) -> Vec<Found> {
        let mut folder: Vec<&str> = from.split('/').collect();
        match (level as usize, folder.len()) {
            (0, _) => folder.clear(),
            (level, depth) if level <= depth => folder.truncate(depth - level),
            _ => return Vec::new(),
        }
        folder.extend(module.split('.').filter(|part| !part.is_empty()));
        let base = folder.join("/");
        let names = [format!("{base}.py"), format!("{base}/__init__.py"), format!("{base}.pyi")];
        let there = names.iter().filter(|name| self.read(name).is_some());
        let mut found: Vec<Found> = there.map(|name| Found::file(name.as_str(), Owner::Project)).collect();
        if found.is_empty() && self.0.iter().any(|file| file.path.starts_with(&format!("{base}/"))) {
            found.push(Found::folder(base, Owner::Project));
        }
        found
    }

    fn read(&self, path: &str) -> Option<Arc<Source>> {
        self.0.iter().find(|file| *file.path == *path).cloned()
    }
}

/// Holds every `# kind:` comment of the last file, with islands and with the file parsed whole.
fn check(code: &str) {
    let mut files: Vec<(String, String)> = Vec::new();
    for line in code.lines() {
        match line.strip_prefix("# file: ") {
            Some(name) => files.push((name.to_string(), String::new())),
            None => {
                if files.is_empty() {
                    files.push(("main.py".to_string(), String::new()));
                }
                let (_, text) = files.last_mut().expect("just pushed");
                text.push_str(line);
                text.push('\n');
            }
        }
    }
    let sources: Vec<Arc<Source>> =
        files.iter().map(|(name, text)| Arc::new(Source::new(name.as_str(), text.as_str()))).collect();
    let main = sources.last().expect("a file").clone();
    for facts in [Facts::new(main.clone()), Facts::whole(main.clone())] {
        let project = Project::new(Files(sources.clone()));
        let module = Arc::new(Module::of(facts, Owner::Project));
        let kinds = Kinds::new(&project, module.clone());
        let facts = &module.facts;
        let mut said = Vec::new();
        let mut asked = 0;
        for (index, line) in main.text.lines().enumerate() {
            let Some((_, expected)) = line.split_once("# kind: ") else { continue };
            asked += 1;
            let number = index as u32 + 1;
            let Some(node) = asked_about(facts, number) else {
                said.push(format!("{number}: `{line}` holds no expression to ask about"));
                continue;
            };
            let kind = kinds.kind(here(node));
            for part in expected.split(", ") {
                if !holds(&kinds, &kind, part) {
                    said.push(format!(
                        "{number}: `{}` is not {part}, but {}",
                        facts.node_text(node),
                        show(&kinds, &kind)
                    ));
                }
            }
        }
        assert!(asked > 0, "nothing is asked in\n{code}");
        assert!(said.is_empty(), "\n{}\n", said.join("\n"));
    }
}

/// The value of the assignment, the returned or yielded value, or the expression, that begins the line.
fn asked_about(facts: &Facts, line: u32) -> Option<NodeId> {
    let span = facts.source.lines().span(&facts.source.text, line);
    let statement =
        facts.outline.at(span.start + facts.text(span).len() as u32 - facts.text(span).trim_start().len() as u32)?;
    let on_line = |node: NodeId| facts.source.lines().line(facts.span(node).start) == line;
    let assigned = facts.bindings(statement).filter(|&id| on_line(facts[id].node));
    let assigned = assigned.filter_map(|id| match facts[id].bind {
        Bind::Value { value, .. } => Some(value),
        _ => None,
    });
    if let Some(value) = assigned.last() {
        return Some(value);
    }
    let tree = facts.tree(NodeId { island: statement, row: crate::syntax::RowId(0) });
    let nodes = tree.all().map(|row| NodeId { island: statement, row });
    let mut statements =
        nodes.filter(|&node| on_line(node) && facts.syntax(node) == crate::syntax::SyntaxKind::ExpressionStatement);
    facts.children(statements.next()?).next()
}

fn holds(kinds: &Kinds, kind: &Kind, part: &str) -> bool {
    let words = |value: &Value| in_words(kinds, value);
    let gives = |answer: &Answer<Value>, expected: &str| match answer {
        Answer::Yes(value) => words(value) == expected,
        _ => false,
    };
    if let Some(expected) = part.strip_prefix("gives ") {
        return gives(&kind.awaits, expected);
    }
    if let Some(expected) = part.strip_prefix("enters ") {
        return gives(&kind.enters, expected) || gives(&kind.sync_enters, expected);
    }
    if let Some(expected) = part.strip_prefix("async item ") {
        return words(&kinds.async_item(&kind.value)) == expected;
    }
    if let Some(expected) = part.strip_prefix("item ") {
        return words(&kinds.item(&kind.value)) == expected;
    }
    let (wanted, ability) = match (part.strip_prefix("not "), part.strip_prefix("maybe ")) {
        (Some(ability), _) => (Answer::No, ability),
        (_, Some(ability)) => (Answer::Unknown, ability),
        _ => (Answer::Yes(()), part),
    };
    let plain = |answer: &Answer<Value>| match answer {
        Answer::Yes(_) => Answer::Yes(()),
        Answer::No => Answer::No,
        Answer::Unknown => Answer::Unknown,
    };
    let loops = match &kind.async_iterates {
        Answer::Yes(_) => Answer::Yes(()),
        Answer::No => Answer::No,
        Answer::Unknown => Answer::Unknown,
    };
    let answer = match ability {
        "awaitable" => plain(&kind.awaits),
        "iterable" => kind.iterates.clone(),
        "async iterable" => loops,
        "an async context" => plain(&kind.enters),
        "a context" => plain(&kind.sync_enters),
        "callable" => kind.calls.clone(),
        "stepping" => kind.steps.clone(),
        "ending" => kinds.ends(&kind.value),
        "once" => return kind.async_iterates == Answer::Yes(Pass::Once),
        "fresh" => return kind.async_iterates == Answer::Yes(Pass::Fresh),
        "again perhaps" => return kind.async_iterates == Answer::Yes(Pass::Unknown),
        "endless" => return kinds.is_endless(&kind.value),
        "not endless" => return !kinds.is_endless(&kind.value),
        words => return in_words(kinds, &kind.value) == words,
    };
    answer == wanted
}

fn in_words(kinds: &Kinds, value: &Value) -> String {
    let name = |function: In<FunctionId>| kinds.function_name(function).map_or("lambda".to_string(), |(name, _)| name);
    match value {
        Value::Unknown => "unknown".to_string(),
        Value::Never => "never".to_string(),
        Value::Function(callable) => format!("a function {}", name(callable.function)),
        Value::Class(class) => format!("a class {}", kinds.class_name(class.class)),
        Value::Module { name, .. } => format!("a module {name}"),
        Value::Union(members) => {
            let mut words: Vec<String> = members.iter().map(|member| in_words(kinds, member)).collect();
            words.sort();
            words.join(" or ")
        }
        other => kinds.describe(other).unwrap_or_else(|| "unknown".to_string()),
    }
}

fn show(kinds: &Kinds, kind: &Kind) -> String {
    let words = in_words(kinds, &kind.value);
    let answer = |answer: &Answer<Value>| match answer {
        Answer::Yes(value) => format!("yes, {}", in_words(kinds, value)),
        Answer::No => "no".to_string(),
        Answer::Unknown => "unknown".to_string(),
    };
    format!(
        "{words}; await: {}; for: {:?}; async for: {:?}; async with: {}; with: {}; call: {:?}; item: {}; async item: {}",
        answer(&kind.awaits),
        kind.iterates,
        kind.async_iterates,
        answer(&kind.enters),
        answer(&kind.sync_enters),
        kind.calls,
        in_words(kinds, &kinds.item(&kind.value)),
        in_words(kinds, &kinds.async_item(&kind.value)),
    )
}
