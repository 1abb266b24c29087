//! What the imports of a module bring from modules that are worked out.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::super::makers::{Lead, To};
use super::{Brought, Graph, GroupId, Import, Of, Place, Project, Take};

/// How many modules of a library may hand on a name to each other.
const LONGEST_WAY: u32 = 8;

impl Graph {
    pub(super) fn brought(&mut self, project: &Project, imports: &[Import]) -> Brought {
        let mut brought = Brought::default();
        for import in imports {
            match &import.of {
                Of::Node(node) => {
                    let node = &self.nodes[*node];
                    let Some(group) = node.group else { continue };
                    let leads = import.take.of(&node.leads);
                    // Our stubs are imported for one name; what an object of another has comes with that.
                    let is_file = matches!(node.place, Place::File(_));
                    let is_whole =
                        !matches!(import.take, Take::Names(_)) && (is_file || matches!(import.take, Take::All));
                    if is_whole || leads.iter().any(Lead::is_object) {
                        brought.groups.push(group);
                    }
                    brought.leads.extend(leads);
                }
                Of::Third(path) => {
                    let mut bring = |name: &str, called: &dyn Fn(Lead) -> Lead| {
                        let of_third = self.of_third(project, path, name);
                        brought.groups.extend(of_third.groups);
                        brought.leads.extend(of_third.leads.into_iter().map(called));
                    };
                    match &import.take {
                        Take::Module { here, owner, asked } => {
                            asked.iter().for_each(|name| bring(name, &|lead| lead.member(*owner)));
                            brought.leads.push(Lead::new(here, None, To::Module(*owner)));
                        }
                        Take::Names(names) => names.iter().for_each(|(there, here)| match here {
                            Some(here) => bring(there, &|lead| lead.renamed(here)),
                            None => bring(there, &|lead| lead),
                        }),
                        // A star of somebody else's module brings nobody knows what.
                        Take::All => {
                            if let Some(third) = self.third(project, path) {
                                brought.leads.extend(third.leads.iter().cloned());
                                brought.groups.extend(third.group);
                            }
                        }
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
        brought.groups.retain(|group| !self.group(*group).members.is_empty());
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
                if lead.is_object() {
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
}
