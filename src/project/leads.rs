//! Which names of the modules that a file imports lead to something iterated asynchronously.
//!
//! Modules that import each other are looked at together: each begins with what its own text makes, takes over what the
//! names that it imports lead to, and so on until nothing is new. Of the project's own modules and of our stubs every
//! one is followed, of other libraries only those that lead to a name that somebody imports.

use std::sync::{Arc, OnceLock};

use aho_corasick::AhoCorasick;
use rustc_hash::{FxHashMap, FxHashSet};

use super::imports::{Line, Names, lines};
use super::library;
use super::makers::{Following, Lead, WORDS, awaiting_generators, may_make};
use super::{Found, Owner, Project};
use crate::facts::Facts;
use crate::text::Source;

/// How many modules of a library may hand on a name to each other.
const LONGEST_WAY: u32 = 8;

/// What is known about modules so far.
#[derive(Default)]
pub(super) struct Graph {
    nodes: Vec<Node>,
    numbers: FxHashMap<Arc<str>, usize>,
    third: FxHashMap<Arc<str>, Arc<Third>>,
}

/// A module of the project, or one of our stubs.
struct Node {
    place: Place,
    /// What the module imports; None until somebody asks.
    imports: Option<Vec<Import>>,
    /// Its own text may make something.
    makes: bool,
    /// What came from the modules that it imports when its leads were last worked out.
    seeds: Vec<Lead>,
    leads: Vec<Lead>,
    is_settled: bool,
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

/// A module of somebody else.
struct Third {
    leads: Vec<Lead>,
    imports: Vec<ThirdImport>,
}

/// What somebody else's module imports from another one.
struct ThirdImport {
    file: Arc<str>,
    /// Its name there and its name here; None for a star.
    name: Option<(Box<str>, Box<str>)>,
}

impl Project {
    /// The names in a file that lead to something in the modules that it imports, and are used there.
    pub fn leads(&self, source: &Source) -> Vec<Lead> {
        let lines = lines(&source.text);
        if lines.is_empty() {
            return Vec::new();
        }
        let Ok(mut graph) = self.graph.lock() else { return Vec::new() };
        let imports = graph.imports(self, &source.path, &lines, &source.text);
        for import in &imports {
            if let Of::Node(node) = import.of {
                graph.settle(self, node);
            }
        }
        let mut leads = graph.taken(self, &imports);
        drop(graph);
        leads.retain(|lead| is_written(source, lead));
        leads
    }

    /// Forgets what a file led to.
    pub(super) fn forget_leads(&self, path: &str) {
        let Ok(mut graph) = self.graph.lock() else { return };
        graph.third.clear();
        if graph.numbers.contains_key(path) {
            *graph = Graph::default();
        }
    }
}

/// The name stands in the text as it is meant.
fn is_written(source: &Source, lead: &Lead) -> bool {
    source.find_word(&lead.name).any(|at| source.text[..at as usize].ends_with('.') == lead.by_dot)
}

fn words() -> Option<&'static AhoCorasick> {
    static FOUND: OnceLock<Option<AhoCorasick>> = OnceLock::new();
    FOUND.get_or_init(|| AhoCorasick::new(WORDS).ok()).as_ref()
}

fn makes(text: &str) -> bool {
    words().is_some_and(|words| may_make(text, words))
}

/// What a text makes and hands on, given what it imports.
fn followed(source: Arc<Source>, seeds: &[Lead]) -> Vec<Lead> {
    let facts = Facts::new(source);
    let mut following = Following::new(&facts, |_| {});
    following.seed(seeds.iter().cloned());
    if let Some(words) = words() {
        words.find_iter(facts.source.text.as_bytes()).for_each(|hit| following.word(hit.range()));
        awaiting_generators(&facts.source.text).for_each(|at| following.word(at as usize..at as usize));
    }
    let mut leads: Vec<Lead> = following.run().into_iter().collect();
    leads.sort();
    leads
}

impl Graph {
    fn node(&mut self, key: Arc<str>, place: Place) -> usize {
        let next = self.nodes.len();
        let number = *self.numbers.entry(key).or_insert(next);
        if number == next {
            self.nodes.push(Node {
                place,
                imports: None,
                makes: false,
                seeds: Vec::new(),
                leads: Vec::new(),
                is_settled: false,
            });
        }
        number
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

    /// Works out the leads of a module and of all that it imports.
    fn settle(&mut self, project: &Project, start: usize) {
        if self.nodes[start].is_settled {
            return;
        }
        // What is imported stands before what imports it, as far as there are no rings.
        let mut order: Vec<usize> = Vec::new();
        let mut seen: FxHashSet<usize> = FxHashSet::from_iter([start]);
        let mut open: Vec<(usize, usize)> = vec![(start, 0)];
        while let Some((node, next)) = open.pop() {
            self.load(project, node);
            let imports = self.nodes[node].imports.as_deref().unwrap_or_default();
            let unseen = imports.iter().enumerate().skip(next).find_map(|(index, import)| match import.of {
                Of::Node(other) if !self.nodes[other].is_settled && !seen.contains(&other) => Some((index, other)),
                _ => None,
            });
            match unseen {
                Some((index, other)) => {
                    seen.insert(other);
                    open.push((node, index + 1));
                    open.push((other, 0));
                }
                None => order.push(node),
            }
        }
        let mut changed = true;
        while changed {
            changed = false;
            for &node in &order {
                changed |= self.work_out(project, node);
            }
        }
        for node in order {
            self.nodes[node].is_settled = true;
        }
    }

    /// Reads what a module imports.
    fn load(&mut self, project: &Project, node: usize) {
        if self.nodes[node].imports.is_some() {
            return;
        }
        let (imports, makes) = match self.nodes[node].place.clone() {
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
                (imports.collect(), makes(&text))
            }
            Place::File(path) => match project.texts.read(&path) {
                Some(source) => {
                    let lines = lines(&source.text);
                    (self.imports(project, &path, &lines, &source.text), makes(&source.text))
                }
                None => (Vec::new(), false),
            },
        };
        let node = &mut self.nodes[node];
        (node.imports, node.makes) = (Some(imports), makes);
    }

    /// Works out the leads of one module, and says whether they are new.
    fn work_out(&mut self, project: &Project, number: usize) -> bool {
        let imports = self.nodes[number].imports.take().unwrap_or_default();
        let mut seeds = self.taken(project, &imports);
        // Whoever imports a module reaches what it imports through it.
        let is_file = matches!(self.nodes[number].place, Place::File(_));
        let mut passed: Vec<Lead> = Vec::new();
        for import in &imports {
            match (&import.of, &import.take) {
                (Of::Node(node), Take::All) => passed.extend(self.nodes[*node].leads.iter().cloned()),
                (Of::Node(node), Take::Module(_)) if is_file => {
                    if matches!(self.nodes[*node].place, Place::File(_)) {
                        passed.extend(by_dot(&self.nodes[*node].leads));
                    }
                }
                _ => {}
            }
        }
        self.nodes[number].imports = Some(imports);
        seeds.sort();
        seeds.dedup();
        let node = &self.nodes[number];
        if seeds.is_empty() && passed.is_empty() && !node.makes {
            return false;
        }
        let is_new = seeds != node.seeds || (node.leads.is_empty() && node.makes);
        let mut leads = if is_new {
            let source = match &node.place {
                Place::Library(name) => library::module(name).map(|module| module.facts.source.clone()),
                Place::File(path) => project.texts.read(path),
            };
            source.map(|source| followed(source, &seeds)).unwrap_or_default()
        } else {
            node.leads.clone()
        };
        leads.extend(passed);
        leads.sort();
        leads.dedup();
        let node = &mut self.nodes[number];
        node.seeds = seeds;
        let changed = leads != node.leads;
        node.leads = leads;
        changed
    }

    /// What imports bring.
    fn taken(&mut self, project: &Project, imports: &[Import]) -> Vec<Lead> {
        let mut leads = Vec::new();
        for import in imports {
            match &import.of {
                Of::Node(node) => {
                    let of = &self.nodes[*node].leads;
                    match &import.take {
                        Take::Module(_) => leads.extend(by_dot(of)),
                        Take::All => leads.extend(of.iter().cloned()),
                        Take::Names(names) => leads.extend(named(of, |lead| names.contains(&lead.name))),
                    }
                }
                Of::Third(path) => match &import.take {
                    Take::Module(names) => {
                        let of: Vec<Lead> = names.iter().flat_map(|name| self.of_third(project, path, name)).collect();
                        leads.extend(by_dot(&of));
                    }
                    // A star of somebody else's module brings nobody knows what.
                    Take::All => {
                        if let Some(third) = self.third(project, path) {
                            leads.extend(third.leads.iter().cloned());
                        }
                    }
                    Take::Names(names) => {
                        leads.extend(names.iter().flat_map(|name| self.of_third(project, path, name)));
                    }
                },
            }
        }
        leads.sort();
        leads.dedup();
        leads
    }

    /// What a name of somebody else's module leads to.
    fn of_third(&mut self, project: &Project, path: &Arc<str>, name: &str) -> Vec<Lead> {
        let mut open = vec![(path.clone(), name.to_string(), 0)];
        let mut asked: FxHashSet<(Arc<str>, String)> = FxHashSet::default();
        let mut leads = Vec::new();
        while let Some((path, inner, way)) = open.pop() {
            if way > LONGEST_WAY || !asked.insert((path.clone(), inner.clone())) {
                continue;
            }
            let Some(third) = self.third(project, &path) else { continue };
            for mut lead in named(&third.leads, |lead| *lead.name == *inner) {
                if !lead.by_dot {
                    lead.name = name.into();
                }
                leads.push(lead);
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
        leads
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
        let leads = if makes(&source.text) { followed(source, &[]) } else { Vec::new() };
        let third = Arc::new(Third { leads, imports });
        self.third.insert(path.clone(), third.clone());
        Some(third)
    }
}

/// The same names, reached through the module.
fn by_dot(leads: &[Lead]) -> impl Iterator<Item = Lead> + '_ {
    leads.iter().map(|lead| Lead { by_dot: true, ..lead.clone() })
}

/// The leads of certain names, and with a carrier whatever it may carry.
fn named(leads: &[Lead], is_wanted: impl Fn(&Lead) -> bool) -> Vec<Lead> {
    let mut found: Vec<Lead> = leads.iter().filter(|lead| !lead.by_dot && is_wanted(lead)).cloned().collect();
    if found.iter().any(Lead::is_carrier) {
        found.extend(leads.iter().filter(|lead| lead.by_dot).cloned());
    }
    found
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
