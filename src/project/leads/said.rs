//! What a module says to those that ask where names lead, as far as its own text tells.
//!
//! Nothing here knows of other modules than where they are, so that many can be read side by side.

use std::sync::Arc;

use super::super::imports::{Names, lines};
use super::super::{Found, Owner, library, makers};
use super::{Import, Of, Place, Project, Take, Taken, hash, makes};
use crate::text::Source;

/// What is read in a module.
pub struct Said {
    pub imports: Vec<Import<Place>>,
    pub text: u64,
    pub makes: bool,
}

impl Said {
    pub fn read(project: &Project, place: &Place) -> Said {
        match place {
            Place::Library(name) => Said::of_stub(name),
            Place::File(path) => match project.texts.read(path) {
                Some(source) => Said::of(project, &source),
                None => Said { imports: Vec::new(), text: 0, makes: false },
            },
        }
    }

    pub fn of(project: &Project, source: &Source) -> Said {
        let imports = imports(project, &source.path, &source.text);
        Said { imports, text: hash(&source.text), makes: makes(&source.text) }
    }

    /// Our stubs know only each other, and each is written so that its own text tells enough.
    fn of_stub(name: &str) -> Said {
        let text: Arc<str> = library::module(name).map(|module| module.facts.source.text.clone()).unwrap_or_default();
        let imports = lines(&text).into_iter().filter_map(|line| {
            let take = match &line.names {
                Names::Some(names) => Take::Names(taken(names)),
                Names::Star => Take::All,
                Names::Module(_) => return None,
            };
            Some(Import { of: Of::Node(Place::Library(library::module(line.module)?.library)), take })
        });
        Said { imports: imports.collect(), text: 0, makes: makes(&text) }
    }
}

/// The modules that the imports of a text mean.
pub fn imports(project: &Project, path: &str, text: &str) -> Vec<Import<Place>> {
    let mut imports = Vec::new();
    for line in &lines(text) {
        match &line.names {
            Names::Module(bound) => {
                let ends = line.module.match_indices('.').map(|(dot, _)| dot).chain([line.module.len()]);
                let is_renamed = line.module.split('.').next() != Some(bound);
                for end in ends {
                    let module = &line.module[..end];
                    for (of, _) in modules(project, path, 0, module) {
                        let part = module.rsplit('.').next().unwrap_or_default();
                        let here = if is_renamed && end == line.module.len() { bound } else { part };
                        let take = whole(&of, here, || members_of(text, bound, module));
                        imports.push(Import { of, take });
                    }
                }
            }
            Names::Star => {
                let found = modules(project, path, line.level, line.module);
                imports.extend(found.into_iter().map(|(of, _)| Import { of, take: Take::All }));
            }
            Names::Some(names) => {
                let found = modules(project, path, line.level, line.module);
                let may_have_parts = found.is_empty() || found.iter().any(|(_, is_package)| *is_package);
                imports.extend(found.into_iter().map(|(of, _)| Import { of, take: Take::Names(taken(names)) }));
                if !may_have_parts {
                    continue;
                }
                // `from package import module`
                for (name, alias) in names {
                    let dotted = match line.module {
                        "" => name.to_string(),
                        module => format!("{module}.{name}"),
                    };
                    for (of, _) in modules(project, path, line.level, &dotted) {
                        let take = whole(&of, alias, || members_of(text, alias, alias));
                        imports.push(Import { of, take });
                    }
                }
            }
        }
    }
    imports
}

/// Takes a module as a whole, under a name.
fn whole(of: &Of<Place>, here: &str, asked: impl Fn() -> Vec<Box<str>>) -> Take {
    let (owner, asked) = match of {
        Of::Third(path) => (makers::Owner::module(path), asked()),
        Of::Node(Place::File(path)) => (makers::Owner::module(path), Vec::new()),
        Of::Node(Place::Library(name)) => (makers::Owner::module(name), Vec::new()),
    };
    Take::Module { here: here.into(), owner, asked }
}

/// The modules of one name, and whether each is a package.
fn modules(project: &Project, path: &str, level: u32, module: &str) -> Vec<(Of<Place>, bool)> {
    let found = project.texts.find(path, level, module);
    let is_own = found.iter().any(|found| found.owner == Owner::Project);
    if level == 0
        && !is_own
        && let Some(stub) = library::module(module)
    {
        return vec![(Of::Node(Place::Library(stub.library)), true)];
    }
    let of = |found: Found| {
        let is_package =
            found.is_folder || found.path.rsplit('/').next().is_some_and(|name| name.starts_with("__init__."));
        match (found.is_folder, found.owner) {
            (true, _) => None,
            (_, Owner::Project) => Some((Of::Node(Place::File(found.path)), is_package)),
            _ => Some((Of::Third(found.path), is_package)),
        }
    };
    found.into_iter().filter_map(of).collect()
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
