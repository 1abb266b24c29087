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
mod crew;
mod edited;
mod imported;
mod rings;
mod said;

use std::collections::BTreeSet;
use std::hash::BuildHasher;
use std::sync::{Arc, MutexGuard, OnceLock};

use aho_corasick::AhoCorasick;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

use super::makers::{Following, Lead, Owner, To, WORDS, may_make};
use super::{Project, library};
use crate::facts::Facts;
use crate::text::{Source, WordSet};

/// What is known about modules so far.
#[derive(Default)]
pub(super) struct Graph {
    nodes: Vec<Node>,
    numbers: FxHashMap<Arc<str>, usize>,
    groups: Vec<Arc<Group>>,
    /// The groups that know what objects of an owner have.
    knowing: FxHashMap<Owner, Vec<GroupId>>,
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

struct Import<N = usize> {
    of: Of<N>,
    take: Take,
}

/// Whose module it is.
enum Of<N = usize> {
    Node(N),
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
    Module {
        here: Box<str>,
        owner: Owner,
        asked: Vec<Box<str>>,
    },
}

/// Modules that were worked out together.
#[derive(Clone, Default)]
struct Group {
    /// The names behind dots that none of the groups below has.
    members: Members,
    /// The groups that bring the others, each with those below itself.
    below: Vec<GroupId>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct GroupId(u32);

/// Names behind dots, by whose they are.
#[derive(Clone, Default)]
struct Members(FxHashMap<Owner, Vec<Lead>>);

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
        let (mut leads, own, groups) = {
            let mut graph = self.graph();
            graph.take_edits(self);
            let imports = match graph.read(source) {
                Some(imports) => imports,
                None => {
                    // Where the modules are is found out while others go on.
                    drop(graph);
                    let imports = said::imports(self, &source.path, &source.text);
                    graph = self.graph();
                    graph.number(imports)
                }
            };
            for import in imports.iter() {
                if let Of::Node(node) = import.of {
                    graph.settle(self, node);
                }
            }
            let brought = graph.brought(self, &imports);
            let own = graph.numbers.get(&source.path).map(|&node| graph.nodes[node].leads.clone());
            (brought.leads, own.unwrap_or_default(), brought.groups)
        };
        leads.retain(|lead| lead.is_written(source));
        // Of its own classes others may know more.
        let mut owners = Owners::default();
        own.iter().for_each(|lead| owners.add(lead));
        leads.iter().for_each(|lead| owners.add(lead));
        while let Some(owner) = owners.next() {
            let knowing: Vec<Arc<Group>> = self.graph().knowing(owner, &groups).cloned().collect();
            for lead in knowing.iter().flat_map(|group| group.members.of(owner)).filter(|lead| lead.is_written(source))
            {
                owners.add(lead);
                leads.push(lead.clone());
            }
        }
        drop_idle(&mut leads);
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

/// Drops the objects of which nothing that is written in the file comes to anything iterated.
fn drop_idle(leads: &mut Vec<Lead>) {
    // For each owner, those with members that are its objects.
    let mut having: FxHashMap<Owner, Vec<Owner>> = FxHashMap::default();
    let mut open: Vec<Owner> = Vec::new();
    for lead in leads.iter() {
        match (lead.of, lead.to) {
            (Some(of), To::Object(owner) | To::Module(owner)) => having.entry(owner).or_default().push(of),
            (Some(of), To::Maker | To::Manager) => open.push(of),
            (None, _) => {}
        }
    }
    let mut busy: FxHashSet<Owner> = FxHashSet::default();
    while let Some(owner) = open.pop() {
        if busy.insert(owner) {
            open.extend(having.remove(&owner).unwrap_or_default());
        }
    }
    leads.retain(|lead| match lead.to {
        To::Object(owner) | To::Module(owner) => busy.contains(&owner),
        To::Maker | To::Manager => true,
    });
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

/// The owners that are known, and of these the ones that nobody has asked about yet.
struct Owners {
    known: FxHashSet<Owner>,
    open: Vec<Owner>,
}

impl Default for Owners {
    fn default() -> Owners {
        Owners { known: FxHashSet::from_iter([Owner::ANY]), open: vec![Owner::ANY] }
    }
}

impl Owners {
    /// Some object may have what the lead says.
    fn add(&mut self, lead: &Lead) {
        if let To::Object(owner) | To::Module(owner) = lead.to
            && self.known.insert(owner)
        {
            self.open.push(owner);
        }
    }

    fn next(&mut self) -> Option<Owner> {
        self.open.pop()
    }
}

impl Members {
    fn of(&self, owner: Owner) -> &[Lead] {
        self.0.get(&owner).map_or(&[], Vec::as_slice)
    }

    /// Takes in a lead with an owner. Says whether that is new.
    fn add(&mut self, lead: Lead) -> bool {
        let Some(owner) = lead.of else { return false };
        let own = self.0.entry(owner).or_default();
        let is_new = !own.contains(&lead);
        if is_new {
            own.push(lead);
        }
        is_new
    }

    fn has(&self, lead: &Lead) -> bool {
        lead.of.is_some_and(|owner| self.of(owner).contains(lead))
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn all(&self) -> impl Iterator<Item = &Lead> {
        self.0.values().flatten()
    }
}

impl FromIterator<Lead> for Members {
    fn from_iter<I: IntoIterator<Item = Lead>>(leads: I) -> Members {
        let mut members = Members::default();
        leads.into_iter().for_each(|lead| {
            members.add(lead);
        });
        members
    }
}

impl Graph {
    fn group(&self, id: GroupId) -> &Arc<Group> {
        &self.groups[id.0 as usize]
    }

    fn add_group(&mut self, group: Group) -> GroupId {
        let id = GroupId(self.groups.len() as u32);
        self.groups.push(Arc::default());
        self.set_group(id, group);
        id
    }

    fn set_group(&mut self, id: GroupId, group: Group) {
        for &owner in group.members.0.keys() {
            let knowing = self.knowing.entry(owner).or_default();
            if let Err(place) = knowing.binary_search(&id) {
                knowing.insert(place, id);
            }
        }
        self.groups[id.0 as usize] = Arc::new(group);
    }

    /// Those of the groups that know what objects of the owner have.
    fn knowing<'g>(&'g self, owner: Owner, groups: &'g [GroupId]) -> impl Iterator<Item = &'g Arc<Group>> {
        let all = self.knowing.get(&owner).map_or(&[][..], Vec::as_slice);
        all.iter().filter(|id| groups.binary_search(id).is_ok()).map(|id| self.group(*id))
    }

    fn node(&mut self, place: Place) -> usize {
        let key = match &place {
            Place::Library(name) => format!("<{name}>").into(),
            Place::File(path) => path.clone(),
        };
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

impl Node {
    /// The modules of the project, and our stubs, that it imports.
    fn imported(&self) -> impl Iterator<Item = usize> {
        nodes_of(self.imports.as_deref().unwrap_or_default())
    }
}

/// The modules of the project, and our stubs, among what is imported.
fn nodes_of(imports: &[Import]) -> impl Iterator<Item = usize> {
    imports.iter().filter_map(|import| match import.of {
        Of::Node(node) => Some(node),
        Of::Third(_) => None,
    })
}

impl Take {
    /// What is taken of these plain names, as it is called then.
    fn of<'l>(&'l self, leads: &'l [Lead]) -> Vec<Lead> {
        match self {
            Take::Module { here, owner, .. } => {
                let module = (!leads.is_empty()).then(|| Lead::new(here, None, To::Module(*owner)));
                leads.iter().map(|lead| lead.member(*owner)).chain(module).collect()
            }
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
