//! What the pages are held against.
//!
//! The harness asks aiterlint for three things only, and asks through a trait, so that its own tests can hand it a
//! linter that is wrong in one way (`itself.rs`).

use std::sync::Arc;

use aiterlint::check::Report;
use aiterlint::config::Config;
use aiterlint::diagnostic::Diagnostic;
use aiterlint::project::{ALL, Found, Owner, Project, Texts};
use aiterlint::render::{Checked, Format, Palette};
use aiterlint::text::Source;

pub trait Linter: Sync {
    /// What is found in one file; `case` holds that file and those beside it.
    fn check(&self, file: &Source, case: &[Source], config: &Config) -> Vec<Diagnostic>;

    /// The file's text after its safe and unsafe fixes.
    fn fix(&self, file: &Source, case: &[Source], config: &Config) -> String;

    /// What the terminal shows, without colours.
    fn render(&self, file: &Source, found: &[Diagnostic]) -> String;
}

/// aiterlint itself.
pub struct Library;

impl Linter for Library {
    fn check(&self, file: &Source, case: &[Source], config: &Config) -> Vec<Diagnostic> {
        aiterlint::check::check(file, &project(case), config).diagnostics
    }

    fn fix(&self, file: &Source, case: &[Source], config: &Config) -> String {
        aiterlint::fix::fix(file, &project(case), config, true).source.text.to_string()
    }

    fn render(&self, file: &Source, found: &[Diagnostic]) -> String {
        let source = Source::new(file.path.clone(), file.text.clone());
        let report = Report { diagnostics: found.to_vec(), ..Report::default() };
        let checked = Checked { source, report };
        let mut shown = Vec::new();
        // Writing to memory does not fail.
        let _ = Format::Full.write(&[checked], &Palette::default(), &mut shown);
        String::from_utf8_lossy(&shown).into_owned()
    }
}

/// The files of a case as one project: all in one folder, which is also the root.
fn project(files: &[Source]) -> Project {
    let files = files.iter().map(|file| Arc::new(Source::new(file.path.clone(), file.text.clone())));
    Project::new(Case { files: files.collect() })
}

struct Case {
    files: Vec<Arc<Source>>,
}

impl Texts for Case {
    fn find(&self, from: &str, level: u32, module: &str) -> Vec<Found> {
        // A relative import starts at the folder of the file that imports, an absolute one at the root.
        let mut folder: Vec<&str> = from.split('/').collect();
        match (level as usize, folder.len()) {
            (0, _) => folder.clear(),
            (level, depth) if level <= depth => folder.truncate(depth - level),
            _ => return Vec::new(),
        }
        if module == ALL {
            let found = self.files.iter().map(|file| Found::file(file.path.clone(), Owner::Project));
            return found.collect();
        }
        folder.extend(module.split('.').filter(|part| !part.is_empty()));
        let base = folder.join("/");
        let names = [format!("{base}.py"), format!("{base}/__init__.py"), format!("{base}.pyi")];
        let found = self.files.iter().find(|file| names.iter().any(|name| *name == *file.path));
        found.map(|file| Found::file(file.path.clone(), Owner::Project)).into_iter().collect()
    }

    fn read(&self, path: &str) -> Option<Arc<Source>> {
        self.files.iter().find(|file| *file.path == *path).cloned()
    }
}
