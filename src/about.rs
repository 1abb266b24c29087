//! What an expression in async iteration is, and where that was learnt: for whoever points at it.
//!
//! The same kinds that rules ask. What they do not know is not guessed here either: nothing is said about it.

use std::sync::Arc;

use crate::facts::{Bind, BindingId, Facts, NodeId};
use crate::flow::Context;
use crate::kind::{Answer, HERE, Kinds, Made, Pass, Value, here};
use crate::project::{Module, Owner, Project};
use crate::syntax::{Field, RowId, SyntaxKind};
use crate::text::{Source, Span};

/// What there is to say about one expression.
#[derive(Clone, Debug)]
pub struct About {
    pub span: Span,
    /// With its article: "an async generator".
    pub what: String,
    /// Where that was learnt.
    pub from: Vec<Origin>,
    /// How often it can be gone through; None for what cannot, as far as is known.
    pub pass: Option<Pass>,
    /// What `await` makes of it, where it is to be awaited.
    pub awaited: Option<String>,
    /// Where a loop uses it up.
    pub used_up: Option<Span>,
}

/// A place that explains a value.
#[derive(Clone, Debug)]
pub struct Origin {
    /// The function whose call gave the value; None for an expression, and for the function itself.
    pub name: Option<String>,
    pub span: Span,
    /// The file, when it is another one.
    pub file: Option<Arc<Source>>,
}

/// A place where a name gets something that can be gone through, and where that comes to its end.
#[derive(Clone, Debug)]
pub struct Landmark {
    /// Behind this offset.
    pub at: u32,
    pub text: String,
}

/// About the expression at a place; None when it has nothing to do with async iteration, or is not known.
pub fn about(source: &Arc<Source>, project: &Project, offset: u32) -> Option<About> {
    let asked = Asked::new(source, project);
    let facts = asked.facts();
    let island = facts.outline.at(offset)?;
    let tree = &facts.island(island).tree;
    // The innermost node comes last in reading order; whoever points behind a name means the name.
    let touches = |row: &RowId| tree[*row].span.start <= offset && offset <= tree[*row].span.end;
    let innermost = tree.all().filter(touches).min_by_key(|&row| (tree[row].span.len(), std::cmp::Reverse(row)))?;
    let node = NodeId { island, row: innermost };
    let ways = std::iter::successors(Some(node), |&node| facts.parent(node).filter(|_| names_whole(facts, node)));
    ways.take_while(|&node| !facts.syntax(node).is_statement()).find_map(|node| asked.about(node))
}

/// Whoever points at it may mean what it is a part of. An argument is something of its own, and so is what an attribute
/// is read from.
fn names_whole(facts: &Facts, node: NodeId) -> bool {
    let is_argument = |parent| matches!(facts.syntax(parent), SyntaxKind::ArgumentList | SyntaxKind::KeywordArgument);
    facts.role(node) != Field::Object && !facts.parent(node).is_some_and(is_argument)
}

/// What can be gone through once, where a name gets it, and where loops use it up.
pub fn landmarks(source: &Arc<Source>, project: &Project, within: Span) -> Vec<Landmark> {
    let asked = Asked::new(source, project);
    let facts = asked.facts();
    let mut found = Vec::new();
    let holds = |span: Span| span.start <= within.end && within.start <= span.end;
    for island in facts.statements().filter(|&id| holds(facts.outline.statement(id).span)) {
        for binding in facts.bindings(island).filter(|&id| is_assigned(&facts[id].bind)) {
            let value = asked.kinds.binding(here(binding));
            let (Answer::Yes(Pass::Once), Some(what)) =
                (asked.kinds.async_iterates(&value), asked.kinds.describe(&value))
            else {
                continue;
            };
            // Hints are no Markdown.
            let text = format!(": {}, one pass", without_article(&what).replace('`', ""));
            found.push(Landmark { at: facts[binding].name.end, text });
            let used_up = asked.used_up(binding);
            found.extend(used_up.map(|span| Landmark { at: span.end, text: " used up".to_string() }));
        }
    }
    found.retain(|landmark| within.start <= landmark.at && landmark.at <= within.end);
    found.sort_by_key(|landmark| landmark.at);
    found
}

fn is_assigned(bind: &Bind) -> bool {
    matches!(bind, Bind::Value { annotation: None, .. } | Bind::Entered { .. })
}

/// "an async generator" without "an".
fn without_article(what: &str) -> &str {
    what.strip_prefix("an ").or(what.strip_prefix("a ")).unwrap_or(what)
}

struct Asked<'a> {
    module: Arc<Module>,
    kinds: Kinds<'a>,
}

impl<'a> Asked<'a> {
    fn new(source: &Arc<Source>, project: &'a Project) -> Asked<'a> {
        let module = Arc::new(Module::of(project.facts(source.clone()), Owner::Project));
        Asked { kinds: Kinds::new(project, module.clone()), module }
    }

    fn facts(&self) -> &Facts {
        &self.module.facts
    }

    fn about(&self, node: NodeId) -> Option<About> {
        let facts = self.facts();
        let binding = facts.bindings(node.island).find(|&id| facts[id].node == node && is_assigned(&facts[id].bind));
        let value = match binding {
            Some(binding) => self.kinds.binding(here(binding)),
            None => self.kinds.value(here(node)),
        };
        let (pass, awaited) = (self.kinds.async_iterates(&value), self.kinds.awaits(&value));
        let is_generator = self.kinds.is_async_generator_function(&value);
        if !pass.is_yes() && !awaited.is_yes() && !is_generator {
            return None;
        }
        let what = match is_generator {
            true => "an async generator function".to_string(),
            false => self.kinds.describe(&value)?,
        };
        let used_up = match (&pass, binding) {
            (Answer::Yes(Pass::Once), Some(binding)) => self.used_up(binding),
            (Answer::Yes(Pass::Once), None) if facts.syntax(node) == SyntaxKind::Identifier => {
                match self.kinds.bindings_at(here(node))[..] {
                    [binding] => self.used_up(binding),
                    _ => None,
                }
            }
            _ => None,
        };
        Some(About {
            span: facts.span(node),
            what,
            from: self.origins(node, &value),
            pass: match pass {
                Answer::Yes(pass) => Some(pass),
                _ => None,
            },
            awaited: match awaited {
                Answer::Yes(result) => self.kinds.describe(&result),
                _ => None,
            },
            used_up,
        })
    }

    /// The functions whose call gave the value, or that it is, and the expressions that made it.
    fn origins(&self, node: NodeId, value: &Value) -> Vec<Origin> {
        let functions = self.kinds.origins(value).into_iter().filter_map(|function| {
            let module = self.kinds.module(function.file);
            // Of a library we know a stub, which is nothing to show.
            let (name, span) = self.kinds.function_name(function).filter(|_| module.library.is_empty())?;
            let file = (function.file != HERE).then(|| module.facts.source.clone());
            // What is the function itself is not from it.
            let name = Some(name).filter(|_| !matches!(value, Value::Function(_)));
            Some(Origin { name, span, file })
        });
        let expressions = self.kinds.members(value).into_iter().filter_map(|member| {
            let Value::Instance(instance) = member else { return None };
            let Made::Here(made) = instance.made else { return None };
            let module = self.kinds.module(made.file);
            let file = (made.file != HERE).then(|| module.facts.source.clone());
            (made != here(node)).then(|| Origin { name: None, span: module.facts.span(made.id), file })
        });
        functions.chain(expressions).collect()
    }

    /// The first loop that goes through all of what a name was given.
    fn used_up(&self, binding: BindingId) -> Option<Span> {
        let facts = self.facts();
        let reads = facts.reads(binding).into_iter();
        let own = reads.filter(|&read| self.is_drained(read) && self.kinds.bindings_at(here(read)) == [binding]);
        let mut drained: Vec<Span> = own.map(|read| facts.span(read)).collect();
        drained.sort();
        drained.into_iter().find(|span| span.start > facts[binding].name.start)
    }

    fn is_drained(&self, read: NodeId) -> bool {
        let facts = self.facts();
        matches!(Context::of(facts, read), Context::Iterated(id) if facts[id].is_async && !facts.is_left_early(id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said at the `|` in the text.
    fn check(text: &str, expected: &str) {
        let offset = text.find('|').expect("a place") as u32;
        let source = Arc::new(Source::new("t.py", text.replacen('|', "", 1)));
        let said = about(&source, &Project::alone(), offset).map(|about| {
            let mut said = about.what;
            for origin in &about.from {
                let line = source.place(origin.span.start).line;
                said += &format!(" from {} {line}", origin.name.as_deref().unwrap_or("line"));
            }
            if about.pass == Some(Pass::Once) {
                said += " once";
            }
            if let Some(awaited) = about.awaited {
                said += &format!(" awaited {awaited}");
            }
            if let Some(span) = about.used_up {
                said += &format!(" used up {}", source.place(span.start).line);
            }
            said
        });
        assert_eq!(said.as_deref().unwrap_or_default(), expected, "{text}");
    }

    const FEED: &str = "async def feed():\n    yield 1\nasync def get() -> int:\n    return 1\n";

    #[test]
    fn it_says_what_an_expression_is() {
        let check = |text: &str, expected| check(&format!("{FEED}async def main():\n{text}"), expected);
        check("    it = fe|ed()\n", "an async generator function from line 1");
        check("    it = feed(|)\n", "an async generator from feed 1 once");
        check("    i|t = feed()\n    async for x in it: pass\n", "an async generator from feed 1 once used up 7");
        check("    it = feed()\n    async for x in i|t: pass\n", "an async generator from feed 1 once used up 7");
        check("    it = feed()\n    async for x in i|t: break\n", "an async generator from feed 1 once");
        check("    await g|et()\n", "a coroutine from get 3 awaited an `int`");
        check("    step = an|ext(feed())\n", "an awaitable awaited an `int`");
        check("    step = anext(feed(), None|)\n", "");
        check("    step = feed().as|end(None)\n", "an awaitable");
        check("    step = feed().aclose(|)\n", "an awaitable awaited `None`");
        check("    n = 1|\n", "");
        check("    print(n|, feed())\n", "");
        check("    it = feed(n|)\n", "");
        check("    it = feed(n=1|)\n", "");
        check("    it = (x async for x in feed())\n    print(it|)\n", "an async generator expression from line 6 once");
    }

    #[test]
    fn what_an_attribute_is_read_from_is_not_the_attribute() {
        let text =
            "class Repo:\n    async def rows(self):\n        yield 1\n    def all(self):\n        return SELF.ROWS()\n";
        let check = |from: &str, to, expected| check(&text.replace("SELF", from).replace("ROWS", to), expected);
        check("se|lf", "rows", "");
        check("self", "ro|ws", "an async generator function from line 2");
        check("self", "rows(|)", "an async generator from rows 2 once");
    }

    #[test]
    fn hints_tell_what_is_gone_through_once() {
        let text = "class Tick:\n    def __aiter__(self): return self\n    async def __anext__(self): raise StopAsyncIteration\n\
                    class Page:\n    async def __aiter__(self):\n        yield 1\n\
                    tick = Tick()\npage = Page()\n";
        let source = Arc::new(Source::new("t.py", text));
        let found = landmarks(&source, &Project::alone(), Span::new(0, text.len() as u32));
        let texts: Vec<String> = found.into_iter().map(|landmark| landmark.text).collect();
        assert_eq!(texts, [": Tick, one pass"]);
    }

    #[test]
    fn it_says_where_iterators_begin_and_end() {
        let text =
            format!("{FEED}async def main():\n    it = feed()\n    n = 1\n    async for x in it:\n        print(x)\n");
        let source = Arc::new(Source::new("t.py", text.as_str()));
        let found = landmarks(&source, &Project::alone(), Span::new(0, text.len() as u32));
        let mut shown = text;
        for landmark in found.iter().rev() {
            shown.insert_str(landmark.at as usize, &landmark.text);
        }
        assert!(shown.contains("    it: async generator, one pass = feed()\n    n = 1\n"), "{shown}");
        assert!(shown.contains("async for x in it used up:\n"), "{shown}");
    }
}
