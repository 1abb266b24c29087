//! The code of the pages, put in other words: in blocks, under other names, in other modules.
//!
//! What a page shows stands at the top of one file. People write the same in an `if`, in a class, through a name for a
//! name, or spread over modules, and each of these is another way for the fast reading to miss what the plain one finds.

use std::sync::Arc;

use aiterlint::project::{Found, Owner, Project, Texts};
use aiterlint::syntax::{Outline, Statement, StatementKind};
use aiterlint::text::Source;
use rayon::prelude::*;

/// The text that is checked, and the module beside it.
struct Form {
    text: String,
    helpers: String,
}

#[test]
fn the_code_of_pages_in_other_words() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/rules");
    let mut pages: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    pages.sort();
    let mut code: Vec<(String, String)> = Vec::new();
    for page in pages {
        let name = page.file_stem().unwrap_or_default().to_string_lossy().to_string();
        let blocks = blocks(&std::fs::read_to_string(&page).unwrap());
        code.extend(blocks.into_iter().enumerate().map(|(number, text)| (format!("{name} {number}"), text)));
    }
    let forms = code.par_iter().flat_map_iter(|(name, text)| {
        let cut = Cut::of(text);
        let forms = FORMS.iter().filter_map(move |(title, form)| Some((*title, form(cut.as_ref()?)?)));
        forms.map(move |(title, form)| (format!("{name} {title}"), form))
    });
    let compared = forms.map(|(name, form)| {
        let project = Project::new(Beside(form.helpers));
        super::difference(&Source::new(name, form.text), &project)
    });
    let found = super::agreed(compared);
    assert!(found > 5000, "{found} findings are too few to compare");
}

/// The text of the fenced blocks of Python.
fn blocks(page: &str) -> Vec<String> {
    let opened = page.split("\n```py\n").skip(1).chain(page.split("\n```fixed\n").skip(1));
    opened.filter_map(|rest| Some(format!("{}\n", rest.split_once("\n```")?.0))).collect()
}

type Rewrite = fn(&Cut) -> Option<Form>;

static FORMS: [(&str, Rewrite); 23] = [
    ("in an if", in_an_if),
    ("in a try", in_a_try),
    ("in a function", in_a_function),
    ("in a class", in_a_class),
    ("under other names", under_other_names),
    ("behind functions", behind_functions),
    ("under common names", under_common_names),
    ("from a module", from_a_module),
    ("behind a module", behind_a_module),
    ("behind an object", behind_an_object),
    ("behind objects of a list", behind_objects_of_a_list),
    ("behind objects of a mapping", behind_objects_of_a_mapping),
    ("behind a parameter", behind_a_parameter),
    ("behind what is narrowed", behind_what_is_narrowed),
    ("behind an attribute", behind_an_attribute),
    ("behind a derived class", behind_a_derived_class),
    ("behind what is entered", behind_what_is_entered),
    ("behind what stands in", behind_what_stands_in),
    ("behind one of two lists", behind_one_of_two_lists),
    ("behind what comes late", behind_what_comes_late),
    ("out of a list", out_of_a_list),
    ("out of a list that is filled", out_of_a_filled_list),
    ("out of a mapping", out_of_a_mapping),
];

/// A text at its last statement: what it defines before, and what it does with it.
struct Cut<'t> {
    text: &'t str,
    definitions: &'t str,
    last: &'t str,
    imports: String,
    names: Vec<&'t str>,
}

impl Cut<'_> {
    fn of(text: &str) -> Option<Cut<'_>> {
        let outline = Outline::read(text);
        let top: Vec<&Statement> = outline.statements.iter().filter(|statement| statement.parent.is_none()).collect();
        // What has to be at the top of a file stays there.
        let is_plain = outline.lost.is_none() && !text.contains("__future__") && !text.contains("import *");
        let (last, before) = top.split_last().filter(|_| is_plain)?;
        let defines = |kind| matches!(kind, StatementKind::Function { .. } | StatementKind::Class);
        let bound =
            |statement: &&&Statement| outline.names[statement.bound.0 as usize..statement.bound.1 as usize].first();
        let names = before.iter().filter(|statement| defines(statement.kind)).filter_map(|it| bound(&it));
        let names = names.map(|bound| bound.name.text(text)).collect();
        let imports = before.iter().filter(|statement| statement.kind == StatementKind::Import);
        let imports = imports.map(|statement| format!("{}\n", statement.span.text(text))).collect();
        let (definitions, last) = text.split_at(last.span.start as usize);
        Some(Cut { text, definitions, last, imports, names })
    }

    /// What is done with the definitions, each under the name that it is given.
    fn renamed(&self, name: impl Fn(&str) -> String) -> String {
        // A method of the same name is another thing.
        let is_other = |before: &str| before.ends_with('.') || before.ends_with("def ");
        self.names.iter().fold(self.last.to_string(), |text, old| replaced(&text, old, &name(old), is_other))
    }

    /// A line for each name.
    fn each(&self, line: impl Fn(&str) -> String) -> Option<String> {
        (!self.names.is_empty()).then(|| self.names.iter().map(|name| line(name)).collect())
    }
}

/// The text with another word in the place of this one, but for where what stands before says that it is not meant.
fn replaced(text: &str, old: &str, new: &str, is_other: impl Fn(&str) -> bool) -> String {
    let is_letter = |c: char| c.is_alphanumeric() || c == '_';
    let mut replaced = String::new();
    let mut done = 0;
    for (at, _) in text.match_indices(old) {
        let (before, after) = (&text[..at], &text[at + old.len()..]);
        if before.ends_with(is_letter) || after.starts_with(is_letter) || is_other(before) {
            continue;
        }
        replaced.push_str(&text[done..at]);
        replaced.push_str(new);
        done = at + old.len();
    }
    replaced + &text[done..]
}

fn alone(text: String) -> Option<Form> {
    Some(Form { text, helpers: String::new() })
}

fn indented(text: &str) -> String {
    let indent = |line: &str| if line.trim().is_empty() { line.to_string() } else { format!("    {line}") };
    text.split_inclusive('\n').map(indent).collect()
}

fn in_an_if(cut: &Cut) -> Option<Form> {
    alone(format!("if flag:\n{}", indented(cut.text)))
}

fn in_a_try(cut: &Cut) -> Option<Form> {
    alone(format!("try:\n{}except ImportError:\n    pass\n", indented(cut.text)))
}

fn in_a_function(cut: &Cut) -> Option<Form> {
    alone(format!("def outer():\n{}", indented(cut.text)))
}

fn in_a_class(cut: &Cut) -> Option<Form> {
    alone(format!("class Outer:\n{}", indented(cut.text)))
}

fn under_other_names(cut: &Cut) -> Option<Form> {
    let names = cut.each(|name| format!("made_{name} = {name}\n"))?;
    alone(format!("{}{names}{}", cut.definitions, cut.renamed(|name| format!("made_{name}"))))
}

fn behind_functions(cut: &Cut) -> Option<Form> {
    let names = cut.each(|name| format!("def made_{name}(*a, **k):\n    return {name}(*a, **k)\n"))?;
    alone(format!("{}{names}{}", cut.definitions, cut.renamed(|name| format!("made_{name}"))))
}

/// Methods that are called like those of the builtin types.
fn under_common_names(cut: &Cut) -> Option<Form> {
    static NAMES: [(&str, &str); 6] = [
        ("rows", "items"),
        ("ticks", "values"),
        ("lines", "read"),
        ("pages", "get"),
        ("numbers", "keys"),
        ("stream", "find"),
    ];
    alone(NAMES.iter().fold(cut.text.to_string(), |text, (old, new)| replaced(&text, old, new, |_| false)))
}

fn from_a_module(cut: &Cut) -> Option<Form> {
    let names = cut.each(|name| format!("from helpers import {name} as made_{name}\n"))?;
    let text = format!("{}{names}{}", cut.imports, cut.renamed(|name| format!("made_{name}")));
    Some(Form { text, helpers: cut.definitions.to_string() })
}

fn behind_a_module(cut: &Cut) -> Option<Form> {
    let text = format!("{}import helpers\n{}", cut.imports, cut.renamed(|name| format!("helpers.{name}")));
    Some(Form { text, helpers: format!("{}if flag:\n{}    pass\n", cut.imports, indented(cut.definitions)) })
}

fn behind_an_object(cut: &Cut) -> Option<Form> {
    behind_objects(cut, "box = Box()\n", 0, "box")
}

fn behind_objects_of_a_list(cut: &Cut) -> Option<Form> {
    behind_objects(cut, "boxes = [Box(), Box()]\nfor each in boxes:\n", 1, "each")
}

fn behind_objects_of_a_mapping(cut: &Cut) -> Option<Form> {
    behind_objects(cut, "boxes: dict[str, Box] = make()\n", 0, "boxes['a']")
}

fn behind_a_parameter(cut: &Cut) -> Option<Form> {
    behind_objects(cut, "def outer(one, each: Box | None = None):\n    assert each\n", 1, "each")
}

fn behind_what_is_narrowed(cut: &Cut) -> Option<Form> {
    behind_objects(cut, "def outer(each):\n    if isinstance(each, Box):\n", 2, "each")
}

fn behind_an_attribute(cut: &Cut) -> Option<Form> {
    behind_objects(cut, "holder = Holder()\n", 0, "holder.box")
}

fn behind_a_derived_class(cut: &Cut) -> Option<Form> {
    behind_objects(cut, "class Small(Box):\n    pass\n\nsmall = Small()\n", 0, "small")
}

fn behind_what_is_entered(cut: &Cut) -> Option<Form> {
    behind_objects(cut, "with Holder() as each:\n", 1, "each")
}

fn behind_what_stands_in(cut: &Cut) -> Option<Form> {
    behind_objects(cut, "def outer(each=None):\n    each = each or Box()\n", 1, "each")
}

fn behind_one_of_two_lists(cut: &Cut) -> Option<Form> {
    behind_objects(cut, "boxes = [Box(), Box()]\nfor number, each in zip('ab', boxes):\n", 1, "each")
}

fn behind_what_comes_late(cut: &Cut) -> Option<Form> {
    let late = "class Late:\n    def __init__(self):\n        self.box = None\n\n    def open(self):\n        self.box = Box()\n";
    behind_objects(cut, &format!("{late}\n\nlate = Late()\n"), 0, "late.box")
}

fn out_of_a_list(cut: &Cut) -> Option<Form> {
    out_of_a_container(cut, |name| format!("return [{name}, {name}]"), "0")
}

fn out_of_a_filled_list(cut: &Cut) -> Option<Form> {
    out_of_a_container(cut, |name| format!("found = []\n    found.append({name})\n    return found"), "0")
}

fn out_of_a_mapping(cut: &Cut) -> Option<Form> {
    out_of_a_container(cut, |name| format!("found = {{'a': {name}}}\n    return found"), "'a'")
}

/// What is defined comes out of what functions of another module return.
fn out_of_a_container(cut: &Cut, body: impl Fn(&str) -> String, key: &str) -> Option<Form> {
    let functions = cut.each(|name| format!("def all_{name}():\n    {}\n\n\n", body(name)))?;
    let names = cut.each(|name| format!("from helpers import all_{name}\n"))?;
    let text = format!("{}{names}{}", cut.imports, cut.renamed(|name| format!("all_{name}()[{key}]")));
    Some(Form { text, helpers: format!("{}\n\n{functions}", cut.definitions) })
}

/// What is defined are attributes of a `Box` in another module, which is called `object` after the lines of `before`.
fn behind_objects(cut: &Cut, before: &str, depth: usize, object: &str) -> Option<Form> {
    let kept = cut.each(|name| format!("        self.{name} = {name}\n"))?;
    let boxes = format!("class Box:\n    def __init__(self):\n{kept}");
    let holder = "class Holder:\n    def __init__(self):\n        self.box = Box()\n\n    def __enter__(self):\n        \
                  return self.box\n\n    def __exit__(self, *args):\n        pass\n";
    let used = (0..depth).fold(cut.renamed(|name| format!("{object}.{name}")), |used, _| indented(&used));
    let text = format!("{}from helpers import Box, Holder\n{before}{used}", cut.imports);
    Some(Form { text, helpers: format!("{}{boxes}\n\n{holder}", cut.definitions) })
}

/// One module: `helpers`.
struct Beside(String);

impl Texts for Beside {
    fn find(&self, _: &str, _: u32, module: &str) -> Vec<Found> {
        if module == "helpers" { vec![Found::file("helpers.py", Owner::Project)] } else { Vec::new() }
    }

    fn read(&self, path: &str) -> Option<Arc<Source>> {
        (path == "helpers.py").then(|| Arc::new(Source::new(path, self.0.as_str())))
    }
}
