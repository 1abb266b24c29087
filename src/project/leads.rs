//! Which names of the modules that a file imports lead to something iterated asynchronously.
//!
//! Modules that import each other in a ring are worked out together, as one group, and a group after all that it
//! imports. A plain name leads on through the imports that name it. A name behind a dot leads on wherever an object may
//! come that has it: in the whole group, and in the groups that import from it what carries such a name. So a group
//! keeps the names behind dots that are new in it, and which groups below bring the others.
//!
//! Of the project's own modules and of our stubs every one is followed, of other libraries only those that lead to a
//! name that somebody imports.

use std::cell::OnceCell;
use std::hash::BuildHasher;
use std::sync::{Arc, OnceLock};

use aho_corasick::AhoCorasick;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

use super::imports::{Line, Names, lines};
use super::library;
use super::makers::{Following, Lead, WORDS, may_make};
use super::{Found, Owner, Project};
use crate::facts::Facts;
use crate::text::{Source, WordSet};

/// How many modules of a library may hand on a name to each other.
const LONGEST_WAY: u32 = 8;

/// What is known about modules so far.
#[derive(Default)]
pub(super) struct Graph {
    nodes: Vec<Node>,
    numbers: FxHashMap<Arc<str>, usize>,
    groups: Vec<Arc<Group>>,
    third: FxHashMap<Arc<str>, Arc<Third>>,
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

/// What is taken out of a module.
enum Take {
    Names(Vec<Box<str>>),
    All,
    /// The module itself, under this name; of one that is not the project's, the names that are asked of it.
    Module(Vec<Box<str>>),
}

/// Modules that were worked out together.
#[derive(Default)]
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
            let Ok(mut graph) = self.graph.lock() else { return Vec::new() };
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

    /// Forgets what a file led to.
    pub(super) fn forget_leads(&self, path: &str) {
        let Ok(mut graph) = self.graph.lock() else { return };
        if graph.numbers.contains_key(path) || graph.third.contains_key(path) {
            *graph = Graph::default();
        }
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
            self.nodes.push(Node { place, imports: None, text: 0, makes: false, group: None, leads: Vec::new() });
        }
        number
    }

    /// What a file imports whose text is at hand. If somebody imports it, that is known already.
    fn imports_of(&mut self, project: &Project, source: &Source) -> Arc<[Import]> {
        let known = self.numbers.get(&source.path).map(|&node| &self.nodes[node]);
        if let Some(Node { imports: Some(imports), text, .. }) = known
            && *text == hash(&source.text)
        {
            return imports.clone();
        }
        self.imports(project, &source.path, &lines(&source.text), &source.text).into()
    }

    /// The modules that the imports of a text mean.
    fn imports(&mut self, project: &Project, path: &str, lines: &[Line], text: &str) -> Vec<Import> {
        let mut imports = Vec::new();
        for line in lines {
            match &line.names {
                Names::Module(bound) => {
                    let ends = line.module.match_indices('.').map(|(dot, _)| dot).chain([line.module.len()]);
                    for end in ends {
                        let module = &line.module[..end];
                        for (of, _) in self.modules(project, path, 0, module) {
                            let asked = match of {
                                Of::Third(_) => members_of(text, bound, &line.module[..end]),
                                Of::Node(_) => Vec::new(),
                            };
                            imports.push(Import { of, take: Take::Module(asked) });
                        }
                    }
                }
                Names::Star => {
                    let modules = self.modules(project, path, line.level, line.module);
                    imports.extend(modules.into_iter().map(|(of, _)| Import { of, take: Take::All }));
                }
                Names::Some(names) => {
                    let modules = self.modules(project, path, line.level, line.module);
                    let may_have_parts = modules.is_empty() || modules.iter().any(|(_, is_package)| *is_package);
                    imports.extend(modules.into_iter().map(|(of, _)| Import {
                        of,
                        take: Take::Names(names.iter().map(|(name, _)| (*name).into()).collect()),
                    }));
                    if !may_have_parts {
                        continue;
                    }
                    // `from package import module`
                    for (name, alias) in names {
                        let dotted = match line.module {
                            "" => name.to_string(),
                            module => format!("{module}.{name}"),
                        };
                        for (of, _) in self.modules(project, path, line.level, &dotted) {
                            let asked = match of {
                                Of::Third(_) => members_of(text, alias, alias),
                                Of::Node(_) => Vec::new(),
                            };
                            imports.push(Import { of, take: Take::Module(asked) });
                        }
                    }
                }
            }
        }
        imports
    }

    /// The modules of one name, and whether each is a package.
    fn modules(&mut self, project: &Project, path: &str, level: u32, module: &str) -> Vec<(Of, bool)> {
        let found = project.texts.find(path, level, module);
        let is_own = found.iter().any(|found| found.owner == Owner::Project);
        if level == 0
            && !is_own
            && let Some(stub) = library::module(module)
        {
            let name = stub.library;
            return vec![(Of::Node(self.node(format!("<{name}>").into(), Place::Library(name))), true)];
        }
        let of = |this: &mut Graph, found: Found| {
            let is_package =
                found.is_folder || found.path.rsplit('/').next().is_some_and(|name| name.starts_with("__init__."));
            match (found.is_folder, found.owner) {
                (true, _) => None,
                (_, Owner::Project) => {
                    Some((Of::Node(this.node(found.path.clone(), Place::File(found.path))), is_package))
                }
                _ => Some((Of::Third(found.path), is_package)),
            }
        };
        found.into_iter().filter_map(|found| of(self, found)).collect()
    }

    /// Works out a module and all that it imports: Tarjan's way to find the rings, without recursion.
    fn settle(&mut self, project: &Project, start: usize) {
        if self.nodes[start].group.is_some() {
            return;
        }
        let mut visits: FxHashMap<usize, Visit> = FxHashMap::default();
        let mut path: Vec<usize> = Vec::new();
        let mut open: Vec<(usize, usize)> = vec![(start, 0)];
        while let Some((node, next)) = open.pop() {
            if !visits.contains_key(&node) {
                self.load(project, node);
                let order = visits.len();
                visits.insert(node, Visit { order, lowest: order, is_open: true });
                path.push(node);
            }
            let imports = self.nodes[node].imports.clone().unwrap_or_default();
            let mut lowest = visits[&node].lowest;
            let mut deeper = None;
            for (index, import) in imports.iter().enumerate().skip(next) {
                let Of::Node(other) = import.of else { continue };
                match visits.get(&other) {
                    Some(visit) if visit.is_open => lowest = lowest.min(visit.lowest),
                    Some(_) => {}
                    None if self.nodes[other].group.is_some() => {}
                    None => {
                        // It is looked at again when the other one is done.
                        deeper = Some((index, other));
                        break;
                    }
                }
            }
            let order = visits[&node].order;
            if let Some(visit) = visits.get_mut(&node) {
                visit.lowest = lowest;
            }
            if let Some((index, other)) = deeper {
                open.push((node, index));
                open.push((other, 0));
            } else if lowest == order {
                let first = path.iter().rposition(|&on| on == node).unwrap_or_default();
                let ring = path.split_off(first);
                for node in &ring {
                    if let Some(visit) = visits.get_mut(node) {
                        visit.is_open = false;
                    }
                }
                self.work_out(project, &ring);
            }
        }
    }

    /// Reads what a module imports.
    fn load(&mut self, project: &Project, node: usize) {
        if self.nodes[node].imports.is_some() {
            return;
        }
        let (imports, text, makes) = match self.nodes[node].place.clone() {
            // Our stubs know only each other, and each is written so that its own text tells enough.
            Place::Library(name) => {
                let text = library::module(name).map(|module| module.facts.source.text.clone()).unwrap_or_default();
                let lines = lines(&text);
                let others = lines.iter().filter_map(|line| {
                    let name = library::module(line.module)?.library;
                    let take = match &line.names {
                        Names::Some(names) => Take::Names(names.iter().map(|(name, _)| (*name).into()).collect()),
                        Names::Star => Take::All,
                        Names::Module(_) => return None,
                    };
                    Some((name, take))
                });
                let others: Vec<_> = others.collect();
                let imports = others.into_iter().map(|(name, take)| Import {
                    of: Of::Node(self.node(format!("<{name}>").into(), Place::Library(name))),
                    take,
                });
                (imports.collect(), 0, makes(&text))
            }
            Place::File(path) => match project.texts.read(&path) {
                Some(source) => {
                    let lines = lines(&source.text);
                    let imports = self.imports(project, &path, &lines, &source.text);
                    (imports, hash(&source.text), makes(&source.text))
                }
                None => (Vec::new(), 0, false),
            },
        };
        let node = &mut self.nodes[node];
        (node.imports, node.text, node.makes) = (Some(imports.into()), text, makes);
    }

    /// Works out modules that import each other, after all else that they import.
    fn work_out(&mut self, project: &Project, ring: &[usize]) {
        let inside: FxHashSet<usize> = ring.iter().copied().collect();
        let imports: Vec<Arc<[Import]>> =
            ring.iter().map(|&node| self.nodes[node].imports.clone().unwrap_or_default()).collect();
        let outside: Vec<Brought> = imports.iter().map(|imports| self.brought(project, imports)).collect();
        let mut below: Vec<GroupId> = outside.iter().flat_map(|brought| brought.groups.iter().copied()).collect();
        below.sort_unstable();
        below.dedup();
        let is_silent = below.is_empty()
            && outside.iter().all(|brought| brought.leads.is_empty())
            && ring.iter().all(|&node| !self.nodes[node].makes);
        let id = self.add_group(Group::default());
        for &node in ring {
            self.nodes[node].group = Some(id);
        }
        if is_silent {
            return;
        }
        let below_leads: Vec<Arc<Group>> = below.iter().map(|id| self.group(*id).clone()).collect();
        let inherited: FxHashSet<&Lead> = below_leads.iter().flat_map(|group| &group.dotted).collect();
        let facts: Vec<OnceCell<Facts>> = ring.iter().map(|_| OnceCell::new()).collect();
        let mut members: Vec<Member> = facts.iter().map(Member::new).collect();
        for ((member, outside), &node) in members.iter_mut().zip(&outside).zip(ring) {
            let node = &self.nodes[node];
            let leads: Vec<&Lead> = outside.leads.iter().chain(inherited.iter().copied()).collect();
            member.hear(project, node, &leads);
        }
        // What a star brings leads on without being written.
        for ((&node, imports), outside) in ring.iter().zip(&imports).zip(&outside) {
            if imports.iter().any(|import| matches!(import.take, Take::All)) {
                self.nodes[node].leads.extend(outside.leads.iter().filter(|lead| !lead.by_dot).cloned());
            }
        }
        let mut dotted: Vec<Lead> = Vec::new();
        let mut known: FxHashSet<Lead> = FxHashSet::default();
        loop {
            let mut is_done = true;
            for (at, member) in members.iter_mut().enumerate() {
                let passed = self.passed(ring[at], &imports[at], &inside);
                let leads: Vec<&Lead> = dotted[member.told..].iter().chain(&passed).collect();
                member.told = dotted.len();
                member.hear(project, &self.nodes[ring[at]], &leads);
                is_done &= !self.pass_stars(ring[at], &imports[at], &inside);
                for lead in member.run() {
                    if !lead.by_dot {
                        if !self.nodes[ring[at]].leads.contains(&lead) {
                            self.nodes[ring[at]].leads.push(lead);
                            is_done = false;
                        }
                    } else if !inherited.contains(&lead) && known.insert(lead.clone()) {
                        dotted.push(lead);
                        is_done = false;
                    }
                }
            }
            if is_done {
                break;
            }
        }
        self.groups[id.0 as usize] = Arc::new(Group { dotted, below });
    }

    /// What a module of a ring takes from the others of it, as far as that is known.
    fn passed(&self, node: usize, imports: &[Import], inside: &FxHashSet<usize>) -> Vec<Lead> {
        let mut passed = Vec::new();
        for import in imports {
            let Of::Node(other) = import.of else { continue };
            if !inside.contains(&other) || (other == node && matches!(import.take, Take::All)) {
                continue;
            }
            for lead in &self.nodes[other].leads {
                match &import.take {
                    Take::Module(_) => passed.push(lead.by_dot()),
                    Take::Names(names) if names.iter().any(|name| **name == *lead.name) => passed.push(lead.clone()),
                    Take::Names(_) => {}
                    Take::All => passed.push(lead.clone()),
                }
            }
        }
        passed
    }

    /// What a star takes from the others of a ring leads on without being written. Says whether there was anything new.
    fn pass_stars(&mut self, node: usize, imports: &[Import], inside: &FxHashSet<usize>) -> bool {
        let mut is_new = false;
        for import in imports.iter().filter(|import| matches!(import.take, Take::All)) {
            let Of::Node(other) = import.of else { continue };
            if other == node || !inside.contains(&other) {
                continue;
            }
            let passed: Vec<Lead> = self.nodes[other].leads.clone();
            let own = &mut self.nodes[node].leads;
            let before = own.len();
            for lead in passed {
                if !own.contains(&lead) {
                    own.push(lead);
                }
            }
            is_new |= own.len() > before;
        }
        is_new
    }

    /// What imports bring from modules that are worked out.
    fn brought(&mut self, project: &Project, imports: &[Import]) -> Brought {
        let mut brought = Brought::default();
        for import in imports {
            match &import.of {
                Of::Node(node) => {
                    let node = &self.nodes[*node];
                    let Some(group) = node.group else { continue };
                    let named = |names: &[Box<str>]| -> Vec<Lead> {
                        node.leads
                            .iter()
                            .filter(|lead| names.iter().any(|name| **name == *lead.name))
                            .cloned()
                            .collect()
                    };
                    let leads: Vec<Lead> = match &import.take {
                        Take::Module(_) => node.leads.iter().map(Lead::by_dot).collect(),
                        Take::All => node.leads.clone(),
                        Take::Names(names) => named(names),
                    };
                    // Our stubs are imported for one name; what an object of another has comes with that.
                    let is_file = matches!(node.place, Place::File(_));
                    let is_whole =
                        !matches!(import.take, Take::Names(_)) && (is_file || matches!(import.take, Take::All));
                    if is_whole || leads.iter().any(Lead::is_carrier) {
                        brought.groups.push(group);
                    }
                    brought.leads.extend(leads);
                }
                Of::Third(path) => {
                    // A star of somebody else's module brings nobody knows what.
                    let names: &[Box<str>] = match &import.take {
                        Take::Module(names) | Take::Names(names) => names,
                        Take::All => {
                            if let Some(third) = self.third(project, path) {
                                brought.leads.extend(third.leads.iter().cloned());
                                brought.groups.extend(third.group);
                            }
                            continue;
                        }
                    };
                    let by_dot = matches!(import.take, Take::Module(_));
                    for name in names {
                        let of_third = self.of_third(project, path, name);
                        brought.groups.extend(of_third.groups);
                        let leads = of_third.leads.into_iter();
                        brought.leads.extend(leads.map(|lead| if by_dot { lead.by_dot() } else { lead }));
                    }
                }
            }
        }
        brought.groups.sort_unstable();
        brought.groups.dedup();
        let below: Vec<GroupId> =
            brought.groups.iter().flat_map(|group| self.group(*group).below.iter().copied()).collect();
        brought.groups.extend(below);
        brought.groups.sort_unstable();
        brought.groups.dedup();
        brought.groups.retain(|group| !self.group(*group).dotted.is_empty());
        brought.leads.sort();
        brought.leads.dedup();
        brought
    }

    /// What a name of somebody else's module leads to.
    fn of_third(&mut self, project: &Project, path: &Arc<str>, name: &str) -> Brought {
        let mut open = vec![(path.clone(), name.to_string(), 0)];
        let mut asked: FxHashSet<(Arc<str>, String)> = FxHashSet::default();
        let mut brought = Brought::default();
        while let Some((path, inner, way)) = open.pop() {
            if way > LONGEST_WAY || !asked.insert((path.clone(), inner.clone())) {
                continue;
            }
            let Some(third) = self.third(project, &path) else { continue };
            for lead in third.leads.iter().filter(|lead| *lead.name == *inner) {
                if lead.is_carrier() {
                    brought.groups.extend(third.group);
                }
                brought.leads.push(lead.renamed(name));
            }
            for import in &third.imports {
                match &import.name {
                    Some((there, here)) if **here == *inner => {
                        open.push((import.file.clone(), there.to_string(), way + 1));
                    }
                    None => open.push((import.file.clone(), inner.clone(), way + 1)),
                    Some(_) => {}
                }
            }
        }
        brought
    }

    fn third(&mut self, project: &Project, path: &Arc<str>) -> Option<Arc<Third>> {
        if let Some(known) = self.third.get(path) {
            return Some(known.clone());
        }
        let source = project.texts.read(path)?;
        let mut imports = Vec::new();
        for line in lines(&source.text) {
            let file = |found: Vec<Found>| found.into_iter().find(|found| !found.is_folder).map(|found| found.path);
            match &line.names {
                Names::Some(names) => {
                    if let Some(file) = file(project.texts.find(path, line.level, line.module)) {
                        imports.extend(names.iter().map(|(name, alias)| ThirdImport {
                            file: file.clone(),
                            name: Some(((*name).into(), (*alias).into())),
                        }));
                    }
                }
                Names::Star => {
                    let file = file(project.texts.find(path, line.level, line.module));
                    imports.extend(file.map(|file| ThirdImport { file, name: None }));
                }
                Names::Module(_) => {}
            }
        }
        let found = if makes(&source.text) { following(&Facts::new(source)).run() } else { Vec::new() };
        let (dotted, leads): (Vec<Lead>, Vec<Lead>) = found.into_iter().partition(|lead| lead.by_dot);
        let group = (!dotted.is_empty()).then(|| self.add_group(Group { dotted, below: Vec::new() }));
        let third = Arc::new(Third { leads, group, imports });
        self.third.insert(path.clone(), third.clone());
        Some(third)
    }
}

/// A module of a ring while the ring is worked out. Most have nothing to do with what the others hand on: of such a one
/// only the words are kept that it is written with.
struct Member<'f> {
    facts: &'f OnceCell<Facts>,
    following: Option<Following<'f, fn(u32)>>,
    words: Option<WordSet>,
    /// What seemed to be written in it and is not.
    missed: FxHashSet<Lead>,
    /// How many of the ring's names behind dots it has heard of.
    told: usize,
}

impl<'f> Member<'f> {
    fn new(facts: &'f OnceCell<Facts>) -> Member<'f> {
        Member { facts, following: None, words: None, missed: FxHashSet::default(), told: 0 }
    }

    /// Takes in leads from elsewhere; those that are known are passed over.
    fn hear(&mut self, project: &Project, node: &Node, leads: &[&Lead]) {
        if self.following.is_none() && self.is_concerned(node, leads) {
            let Some(source) = node.place.read(project) else { return };
            if node.makes || leads.iter().any(|lead| lead.is_written(&source)) {
                self.following = Some(following(self.facts.get_or_init(|| Facts::new(source))));
            } else {
                self.words.get_or_insert_with(|| WordSet::read(&source.text));
                self.missed.extend(leads.iter().map(|lead| (*lead).clone()));
            }
        }
        if let Some(following) = &mut self.following {
            leads.iter().for_each(|lead| following.seed(lead));
        }
    }

    /// Something may be written in the module, as far as is known without reading it.
    fn is_concerned(&self, node: &Node, leads: &[&Lead]) -> bool {
        let may_have = |lead: &&&Lead| self.words.as_ref().is_none_or(|words| words.may_have(lead.hash));
        node.makes || leads.iter().filter(may_have).any(|lead| !self.missed.contains(*lead))
    }

    fn run(&mut self) -> Vec<Lead> {
        self.following.as_mut().map(Following::run).unwrap_or_default()
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

/// Where the search for rings stands with one module.
struct Visit {
    order: usize,
    /// The first of the modules under way that it leads back to.
    lowest: usize,
    is_open: bool,
}

/// The names that a text asks of a module: `rows` in `client.rows`, where `client` stands for `package.client`, or in
/// `package.client.rows`.
fn members_of(text: &str, bound: &str, module: &str) -> Vec<Box<str>> {
    let mut found: Vec<Box<str>> = Vec::new();
    let dotted = if bound == module.split('.').next().unwrap_or_default() { module } else { bound };
    let is_inside = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    for at in memchr::memmem::find_iter(text.as_bytes(), dotted.as_bytes()) {
        if text[..at].ends_with(is_inside) {
            continue;
        }
        let Some(rest) = text[at + dotted.len()..].strip_prefix('.') else { continue };
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        let name: Box<str> = rest[..end].into();
        if !found.contains(&name) {
            found.push(name);
        }
    }
    found
}
