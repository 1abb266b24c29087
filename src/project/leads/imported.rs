//! The modules that others import, read and numbered.

use std::sync::Arc;

use super::super::Found;
use super::super::imports::{Names, lines};
use super::super::makers::Lead;
use super::said::Said;
use super::{Graph, Group, Import, Members, Of, Place, Project, Third, ThirdImport, crew, following, hash, makes};
use crate::facts::Facts;
use crate::text::Source;

impl Graph {
    /// The imports of a text, if it was read just so.
    pub(super) fn read(&self, source: &Source) -> Option<Arc<[Import]>> {
        let node = &self.nodes[*self.numbers.get(&source.path)?];
        let imports = node.imports.as_ref()?;
        (node.text == hash(&source.text)).then(|| imports.clone())
    }

    /// Gives the modules that are imported their numbers.
    pub(super) fn number(&mut self, imports: Vec<Import<Place>>) -> Arc<[Import]> {
        let numbered = imports.into_iter().map(|import| {
            let of = match import.of {
                Of::Node(place) => Of::Node(self.node(place)),
                Of::Third(path) => Of::Third(path),
            };
            Import { of, take: import.take }
        });
        numbered.collect()
    }

    /// Reads a module and all that it imports, as far as nobody has.
    pub(super) fn load(&mut self, project: &Project, start: usize) {
        let mut open = vec![start];
        loop {
            open.retain(|&node| self.nodes[node].imports.is_none());
            open.sort_unstable();
            open.dedup();
            if open.is_empty() {
                return;
            }
            let mut places: Vec<Place> = open.iter().map(|&node| self.nodes[node].place.clone()).collect();
            let said = crew::each(project.threads, &mut places, |_, place| Said::read(project, place));
            let mut next = Vec::new();
            for (node, said) in open.into_iter().zip(said) {
                self.take_in(node, said);
                next.extend(self.nodes[node].imported());
            }
            open = next;
        }
    }

    pub(super) fn take_in(&mut self, node: usize, said: Said) {
        let imports = self.number(said.imports);
        let node = &mut self.nodes[node];
        (node.imports, node.text, node.makes) = (Some(imports), said.text, said.makes);
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
