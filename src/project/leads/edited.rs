//! What an edit changes.
//!
//! While somebody types, one text changes and thousands stay. Its module is read again and told all that is known in its
//! group. What it hands on then and did not before is told to those that take it, and so on, until nobody has anything
//! new to say.
//!
//! What is no longer true stays: a lead too many costs a little time and changes no finding. When there are many of
//! those, or a new import closes a ring of modules, everything is worked out anew.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashSet;

use super::super::makers::{Lead, Owner};
use super::rings::Member;
use super::said::Said;
use super::{Graph, Group, GroupId, Import, Members, Of, Place, Project, Take, hash, nodes_of};
use crate::text::WordSet;

/// How many leads may come through edits before all of it is worked out anew.
const MOST_ADDED: usize = 1000;

/// What an edited text is to those that have read it before.
enum Read {
    Same,
    Changed,
    /// It imports what imports it.
    Ring,
}

impl Graph {
    /// Brings up to date what the edited modules hand on.
    pub(super) fn take_edits(&mut self, project: &Project) {
        let mut open = BTreeSet::new();
        for node in std::mem::take(&mut self.edited) {
            match self.read_again(project, node) {
                Read::Same => {}
                Read::Changed => {
                    open.insert(node);
                }
                Read::Ring => {
                    *self = Graph::default();
                    return;
                }
            }
        }
        while let Some(node) = open.pop_first() {
            self.hear_again(project, node, &mut open);
        }
        if self.added > MOST_ADDED {
            *self = Graph::default();
        }
    }

    fn read_again(&mut self, project: &Project, node: usize) -> Read {
        if self.nodes[node].group.is_none() {
            // It is read when somebody asks.
            return Read::Same;
        }
        let Place::File(path) = self.nodes[node].place.clone() else { return Read::Same };
        // What has gone hands on nothing.
        let Some(source) = project.texts.read(&path) else { return Read::Same };
        if self.nodes[node].text == hash(&source.text) {
            return Read::Same;
        }
        let said = Said::of(project, &source);
        let imports = self.number(said.imports);
        nodes_of(&imports).for_each(|other| self.settle(project, other));
        if self.closes_ring(node, &imports) {
            return Read::Ring;
        }
        let node = &mut self.nodes[node];
        (node.imports, node.text, node.makes) = (Some(imports), said.text, said.makes);
        node.words = None;
        Read::Changed
    }

    /// What the module did not import before leads back to its group from outside, so that more belongs to it now.
    fn closes_ring(&self, node: usize, imports: &[Import]) -> bool {
        let group = self.nodes[node].group;
        let known: FxHashSet<usize> = self.nodes[node].imported().collect();
        let mut open: Vec<usize> = nodes_of(imports).filter(|other| !known.contains(other)).collect();
        let mut seen: FxHashSet<usize> = open.iter().copied().collect();
        while let Some(other) = open.pop() {
            for next in self.nodes[other].imported() {
                if self.nodes[next].group == group && self.nodes[other].group != group {
                    return true;
                }
                if seen.insert(next) {
                    open.push(next);
                }
            }
        }
        false
    }

    /// Tells a module all that it may hear, and those that take something from it what is new.
    fn hear_again(&mut self, project: &Project, node: usize, open: &mut BTreeSet<usize>) {
        let Some(group) = self.nodes[node].group else { return };
        let imports = self.nodes[node].imports.clone().unwrap_or_default();
        let brought = self.brought(project, &imports);
        self.stand_on(project, group, &brought.groups, open);
        let mut heard: Vec<GroupId> = self.heard_in(group).collect();
        heard.sort_unstable();
        let facts = OnceLock::new();
        let mut member = Member::new(&facts);
        let any = self.knowing(Owner::ANY, &heard).flat_map(|group| group.members.of(Owner::ANY));
        member.hear(project, &self.nodes[node], &brought.leads.iter().chain(any).collect::<Vec<_>>());
        let mut found = member.run(self, &Members::default(), &heard);
        if imports.iter().any(|import| matches!(import.take, Take::All)) {
            found.extend(brought.leads.iter().filter(|lead| !lead.is_member()).cloned());
        }
        let (dotted, plain): (Vec<Lead>, Vec<Lead>) = found.into_iter().partition(Lead::is_member);
        let known: FxHashSet<&Lead> = self.nodes[node].leads.iter().collect();
        let plain: Vec<Lead> = plain.into_iter().filter(|lead| !known.contains(lead)).collect();
        if !plain.is_empty() {
            self.add_plain(project, node, &plain, open);
        }
        let dotted: Vec<Lead> = dotted.into_iter().filter(|lead| !self.is_known(lead, &heard)).collect();
        if !dotted.is_empty() {
            self.add_dotted(project, group, dotted, open);
        }
    }

    /// The module has new plain names.
    fn add_plain(&mut self, project: &Project, node: usize, leads: &[Lead], open: &mut BTreeSet<usize>) {
        self.added += leads.len();
        self.nodes[node].leads.extend(leads.iter().cloned());
        for other in 0..self.nodes.len() {
            let imports = self.nodes[other].imports.clone().unwrap_or_default();
            let taken = imports.iter().filter(|import| matches!(import.of, Of::Node(of) if of == node));
            let is_concerned = |take: &Take| match take {
                // Names that stand behind a dot there, and those of objects.
                Take::Module { .. } => leads.iter().any(Lead::is_object) || self.may_write(project, other, leads),
                Take::Names(_) => !take.of(leads).is_empty(),
                Take::All => true,
            };
            if taken.map(|import| &import.take).collect::<Vec<_>>().into_iter().any(is_concerned) {
                open.insert(other);
            }
        }
    }

    /// The group has new names behind dots.
    fn add_dotted(&mut self, project: &Project, group: GroupId, leads: Vec<Lead>, open: &mut BTreeSet<usize>) {
        self.added += leads.len();
        self.tell(project, group, &leads, open);
        let mut known = Group::clone(self.group(group));
        let was_silent = known.members.is_empty();
        leads.into_iter().for_each(|lead| {
            known.members.add(lead);
        });
        self.set_group(group, known);
        if was_silent {
            // Nobody above stands on a group that says nothing.
            let is_inside = |node: usize| self.nodes[node].group == Some(group);
            let takes = |&node: &usize| self.nodes[node].imported().any(is_inside);
            open.extend((0..self.nodes.len()).filter(takes));
        }
    }

    /// Makes a group, and all that stand on it, hear what others say.
    fn stand_on(&mut self, project: &Project, group: GroupId, others: &[GroupId], open: &mut BTreeSet<usize>) {
        let known: Vec<GroupId> = self.heard_in(group).collect();
        let new: Vec<GroupId> = others.iter().copied().filter(|other| !known.contains(other)).collect();
        if new.is_empty() {
            return;
        }
        let leads: Vec<Lead> = new.iter().flat_map(|&id| self.group(id).members.all().cloned()).collect();
        self.tell(project, group, &leads, open);
        for id in self.above(group) {
            let below = &mut Arc::make_mut(&mut self.groups[id.0 as usize]).below;
            below.extend(new.iter().copied().filter(|&new| new != id));
            below.sort_unstable();
            below.dedup();
        }
    }

    /// Those hear of it again that may have one of the names, in a group and in all that stand on it.
    fn tell(&mut self, project: &Project, group: GroupId, leads: &[Lead], open: &mut BTreeSet<usize>) {
        let above: FxHashSet<GroupId> = self.above(group).into_iter().collect();
        for node in 0..self.nodes.len() {
            let is_above = self.nodes[node].group.is_some_and(|group| above.contains(&group));
            if is_above && self.may_write(project, node, leads) {
                open.insert(node);
            }
        }
    }

    /// The group, and those that stand on it.
    fn above(&self, group: GroupId) -> Vec<GroupId> {
        let all = (0..self.groups.len() as u32).map(GroupId);
        all.filter(|&id| id == group || self.group(id).below.binary_search(&group).is_ok()).collect()
    }

    /// The groups whose names behind dots are heard in this one.
    fn heard_in(&self, group: GroupId) -> impl Iterator<Item = GroupId> {
        std::iter::once(group).chain(self.group(group).below.iter().copied())
    }

    /// The text of a module may have one of these names in it.
    fn may_write(&mut self, project: &Project, node: usize, leads: &[Lead]) -> bool {
        let node = &mut self.nodes[node];
        if node.words.is_none() {
            node.words = node.place.read(project).map(|source| WordSet::read(&source.text));
        }
        node.words.as_ref().is_some_and(|words| leads.iter().any(|lead| words.may_have(lead.hash)))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::RwLock;

    use super::*;
    use crate::project::{Found, Owner, Texts};
    use crate::text::Source;

    /// Modules `m0.py` and so on, of which one is edited.
    struct Modules(Arc<RwLock<Vec<Arc<Source>>>>);

    impl Texts for Modules {
        fn find(&self, _: &str, _: u32, module: &str) -> Vec<Found> {
            let path = format!("{module}.py");
            self.read(&path).map(|_| Found::file(path.as_str(), Owner::Project)).into_iter().collect()
        }

        fn read(&self, path: &str) -> Option<Arc<Source>> {
            self.0.read().expect("nobody panics").iter().find(|source| *source.path == *path).cloned()
        }
    }

    /// What a module may be written with; `#` is the number of some module.
    const LINES: [&str; 14] = [
        "import m#\n",
        "from m# import *\n",
        "from m# import rows, C\n",
        "from m# import made as rows\n",
        "from m# import kept as it, D\n",
        "async def rows():\n    yield 1\n",
        "def made():\n    return rows()\n",
        "def made():\n    return m#.rows()\n",
        "class C:\n    async def all(self):\n        yield 1\n",
        "class D:\n    def __init__(self, c):\n        self.c = C()\n    def each(self):\n        return self.c.all()\n",
        "class D(C):\n    async def more(self):\n        yield 1\n",
        "kept = m#.C().all()\n",
        "def other(d):\n    return d.each()\n",
        "async def main(d):\n    rows, made, kept, it, C, D, m#.rows, m#.made, m#.kept, d.all, d.each, d.more, d.rows\n",
    ];

    struct Dice(u64);

    impl Dice {
        fn roll(&mut self, sides: usize) -> usize {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) as usize % sides
        }

        fn module(&mut self, number: usize, of: usize) -> Arc<Source> {
            let mut text = String::new();
            for at in 0..self.roll(8) {
                let line = if at == 0 { LINES.len() - 1 } else { self.roll(LINES.len()) };
                text.push_str(&LINES[line].replace('#', &self.roll(of).to_string()));
            }
            Arc::new(Source::new(format!("m{number}.py"), text))
        }
    }

    /// All that a module knows then: what it makes itself it need not be told.
    fn known(source: &Arc<Source>, leads: &[Lead]) -> Vec<Lead> {
        let facts = crate::facts::Facts::new(source.clone());
        let mut following = super::super::following(&facts);
        leads.iter().for_each(|lead| following.seed(lead));
        following.run()
    }

    #[test]
    fn edits_leave_out_nothing() {
        for seed in 0..300 {
            let mut dice = Dice(seed);
            let of = 2 + dice.roll(4);
            let texts = Arc::new(RwLock::new((0..of).map(|number| dice.module(number, of)).collect::<Vec<_>>()));
            let edited = Project::new(Modules(texts.clone()));
            for edit in 0..12 {
                let fresh = Project::new(Modules(texts.clone()));
                let sources = texts.read().expect("nobody panics").clone();
                for source in &sources {
                    let (now, expected) = (known(source, &edited.leads(source)), known(source, &fresh.leads(source)));
                    let missing: Vec<_> = expected.iter().filter(|lead| !now.contains(lead)).collect();
                    let all: Vec<_> = sources.iter().map(|it| format!("# {}\n{}", it.path, it.text)).collect();
                    let place = format!("seed {seed}, edit {edit}, {}", source.path);
                    assert!(missing.is_empty(), "{place}: {missing:?} is missing\n{}", all.join("\n"));
                }
                let number = dice.roll(of);
                texts.write().expect("nobody panics")[number] = dice.module(number, of);
                edited.forget(&format!("m{number}.py"));
            }
        }
    }
}
