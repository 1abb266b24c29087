//! What the modules import, as their text says.

use std::sync::Arc;

use super::super::imports::{Line, Names, lines};
use super::super::makers::{self, Lead};
use super::super::{Found, Owner, library};
use super::{
    Graph, Group, Import, Members, Node, Of, Place, Project, Take, Taken, Third, ThirdImport, following, hash, makes,
};
use crate::facts::Facts;
use crate::text::Source;

impl Graph {
    /// What a file imports whose text is at hand. If somebody imports it, that is known already.
    pub(super) fn imports_of(&mut self, project: &Project, source: &Source) -> Arc<[Import]> {
        let known = self.numbers.get(&source.path).map(|&node| &self.nodes[node]);
        if let Some(Node { imports: Some(imports), text, .. }) = known
            && *text == hash(&source.text)
        {
            return imports.clone();
        }
        self.imports(project, &source.path, &lines(&source.text), &source.text).into()
    }

    /// The modules that the imports of a text mean.
    pub(super) fn imports(&mut self, project: &Project, path: &str, lines: &[Line], text: &str) -> Vec<Import> {
        let mut imports = Vec::new();
        for line in lines {
            match &line.names {
                Names::Module(bound) => {
                    let ends = line.module.match_indices('.').map(|(dot, _)| dot).chain([line.module.len()]);
                    let is_renamed = line.module.split('.').next() != Some(bound);
                    for end in ends {
                        let module = &line.module[..end];
                        for (of, _) in self.modules(project, path, 0, module) {
                            let part = module.rsplit('.').next().unwrap_or_default();
                            let here = if is_renamed && end == line.module.len() { bound } else { part };
                            let take = self.whole(&of, here, || members_of(text, bound, module));
                            imports.push(Import { of, take });
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
                    imports.extend(modules.into_iter().map(|(of, _)| Import { of, take: Take::Names(taken(names)) }));
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
                            let take = self.whole(&of, alias, || members_of(text, alias, alias));
                            imports.push(Import { of, take });
                        }
                    }
                }
            }
        }
        imports
    }

    /// Takes a module as a whole, under a name.
    fn whole(&self, of: &Of, here: &str, asked: impl Fn() -> Vec<Box<str>>) -> Take {
        let (owner, asked) = match of {
            Of::Third(path) => (makers::Owner::module(path), asked()),
            Of::Node(node) => match &self.nodes[*node].place {
                Place::File(path) => (makers::Owner::module(path), Vec::new()),
                Place::Library(name) => (makers::Owner::module(name), Vec::new()),
            },
        };
        Take::Module { here: here.into(), owner, asked }
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

    /// Reads what a module imports.
    pub(super) fn load(&mut self, project: &Project, node: usize) {
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
                        Names::Some(names) => Take::Names(taken(names)),
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

    pub(super) fn third(&mut self, project: &Project, path: &Arc<str>) -> Option<Arc<Third>> {
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
        let (dotted, leads): (Vec<Lead>, Vec<Lead>) = found.into_iter().partition(Lead::is_member);
        let members: Members = dotted.into_iter().collect();
        let group = (!members.is_empty()).then(|| self.add_group(Group { members, below: Vec::new() }));
        let third = Arc::new(Third { leads, group, imports });
        self.third.insert(path.clone(), third.clone());
        Some(third)
    }
}

fn taken(names: &[(&str, &str)]) -> Vec<Taken> {
    names.iter().map(|(there, here)| ((*there).into(), (there != here).then(|| (*here).into()))).collect()
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
