//! Which names of the modules that a file imports lead to something iterated asynchronously.
//!
//! Modules that import each other in a ring are worked out together, as one group, and a group after all that it
//! imports. A plain name leads on through the imports that name it. A name behind a dot leads on wherever an object may
//! come that has it: in the whole group, and in the groups that import from it what carries such a name. So a group
//! keeps the names behind dots that are new in it, and which groups below bring the others.
//!
//! Of the project's own modules and of our stubs every one is followed, of other libraries only those that lead to a
//! name that somebody imports.

mod brought;
mod edited;
mod imported;
mod rings;

use std::collections::BTreeSet;
use std::hash::BuildHasher;
use std::sync::{Arc, MutexGuard, OnceLock};

use aho_corasick::AhoCorasick;
use rustc_hash::{FxBuildHasher, FxHashMap};

use super::makers::{Following, Lead, WORDS, may_make};
use super::{Project, library};
use crate::facts::Facts;
use crate::text::{Source, WordSet};

/// What is known about modules so far.
#[derive(Default)]
pub(super) struct Graph {
    nodes: Vec<Node>,
    numbers: FxHashMap<Arc<str>, usize>,
    groups: Vec<Arc<Group>>,
    third: FxHashMap<Arc<str>, Arc<Third>>,
    /// The nodes whose text has changed since they were read.
    edited: BTreeSet<usize>,
    /// How many leads came through edits.
    added: usize,
}

/// A module of the project, or one of our stubs.
struct Node {
    place: Place,
    /// What the module imports; None until somebody asks.
    imports: Option<Arc<[Import]>>,
    /// The hash of the text that this is true of.
    text: u64,
    /// Its own text may make something.
    makes: bool,
    /// None until its group is worked out.
    group: Option<GroupId>,
    /// The plain names.
    leads: Vec<Lead>,
    /// The words of its text, if an edit elsewhere has asked for them.
    words: Option<WordSet>,
}

#[derive(Clone)]
enum Place {
    Library(&'static str),
    File(Arc<str>),
}

struct Import {
    of: Of,
    take: Take,
}

/// Whose module it is.
enum Of {
    Node(usize),
    Third(Arc<str>),
}

/// A name there, and its name here if that is another one.
type Taken = (Box<str>, Option<Box<str>>);

/// What is taken out of a module.
enum Take {
    /// Each with its name here.
    Names(Vec<Taken>),
    All,
    /// The module itself, under this name; of one that is not the project's, the names that are asked of it.
    Module(Vec<Box<str>>),
}

/// Modules that were worked out together.
#[derive(Clone, Default)]
struct Group {
    /// The names behind dots that none of the groups below has.
    dotted: Vec<Lead>,
    /// The groups that bring the others, each with those below itself.
    below: Vec<GroupId>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct GroupId(u32);

/// A module of somebody else.
struct Third {
    leads: Vec<Lead>,
    /// Its names behind dots.
    group: Option<GroupId>,
    imports: Vec<ThirdImport>,
}

/// What somebody else's module imports from another one.
struct ThirdImport {
    file: Arc<str>,
    /// Its name there and its name here; None for a star.
    name: Option<(Box<str>, Box<str>)>,
}

/// What imports bring.
#[derive(Default)]
struct Brought {
    leads: Vec<Lead>,
    groups: Vec<GroupId>,
}

impl Project {
    /// The names in a file that lead to something in the modules that it imports, and are used there.
    pub fn leads(&self, source: &Source) -> Vec<Lead> {
        let (mut leads, groups) = {
            let mut graph = self.graph();
            graph.take_edits(self);
            let imports = graph.imports_of(self, source);
            for import in imports.iter() {
                if let Of::Node(node) = import.of {
                    graph.settle(self, node);
                }
            }
            let brought = graph.brought(self, &imports);
            let groups: Vec<Arc<Group>> = brought.groups.iter().map(|group| graph.group(*group).clone()).collect();
            (brought.leads, groups)
        };
        leads.retain(|lead| lead.is_written(source));
        leads.extend(groups.iter().flat_map(|group| &group.dotted).filter(|lead| lead.is_written(source)).cloned());
        leads
    }

    /// The text of a file is another one now.
    pub(super) fn forget_leads(&self, path: &str) {
        let mut graph = self.graph();
        if graph.third.contains_key(path) {
            *graph = Graph::default();
        } else if let Some(&node) = graph.numbers.get(path) {
            graph.edited.insert(node);
        }
    }

    /// What a panic has left half done is not to be trusted.
    fn graph(&self) -> MutexGuard<'_, Graph> {
        self.graph.lock().unwrap_or_else(|half_done| {
            self.graph.clear_poison();
            let mut graph = half_done.into_inner();
            *graph = Graph::default();
            graph
        })
    }
}

fn words() -> Option<&'static AhoCorasick> {
    static FOUND: OnceLock<Option<AhoCorasick>> = OnceLock::new();
    FOUND.get_or_init(|| AhoCorasick::new(WORDS).ok()).as_ref()
}

fn hash(text: &str) -> u64 {
    FxBuildHasher.hash_one(text)
}

fn makes(text: &str) -> bool {
    words().is_some_and(|words| may_make(text, words))
}

/// Follows what a text makes and hands on.
fn following(facts: &Facts) -> Following<'_, fn(u32)> {
    let mut following: Following<'_, fn(u32)> = Following::new(facts, |_| {});
    if makes(&facts.source.text) {
        if let Some(words) = words() {
            words.find_iter(facts.source.text.as_bytes()).for_each(|hit| following.word(hit.range()));
        }
        following.own();
    }
    following
}

impl Graph {
    fn group(&self, id: GroupId) -> &Arc<Group> {
        &self.groups[id.0 as usize]
    }

    fn add_group(&mut self, group: Group) -> GroupId {
        self.groups.push(Arc::new(group));
        GroupId(self.groups.len() as u32 - 1)
    }

    fn node(&mut self, key: Arc<str>, place: Place) -> usize {
        let next = self.nodes.len();
        let number = *self.numbers.entry(key).or_insert(next);
        if number == next {
            self.nodes.push(Node {
                place,
                imports: None,
                text: 0,
                makes: false,
                group: None,
                leads: Vec::new(),
                words: None,
            });
        }
        number
    }
}

impl Take {
    /// What is taken of these plain names, as it is called then.
    fn of<'l>(&'l self, leads: &'l [Lead]) -> Vec<Lead> {
        match self {
            Take::Module(_) => leads.iter().map(Lead::by_dot).collect(),
            Take::Names(names) => {
                let named = |lead: &'l Lead| {
                    let taken = names.iter().filter(move |(there, _)| **there == *lead.name);
                    taken.map(move |(_, here)| here.as_ref().map_or_else(|| lead.clone(), |here| lead.renamed(here)))
                };
                leads.iter().flat_map(named).collect()
            }
            Take::All => leads.to_vec(),
        }
    }
}

impl Place {
    fn read(&self, project: &Project) -> Option<Arc<Source>> {
        match self {
            Place::Library(name) => library::module(name).map(|module| module.facts.source.clone()),
            Place::File(path) => project.texts.read(path),
        }
    }
}
