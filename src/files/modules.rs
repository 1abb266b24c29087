//! Where imports lead on disk, for the program.
//!
//! A relative import starts at the folder of the file that imports. An absolute one is looked for from the roots of that
//! file: the topmost folder above it that is no package (where Python would start from), then the folders upward that
//! look like a project's and their `src`, then the site-packages of the environment: `--python`, a `.venv` or `venv`
//! above the file, `VIRTUAL_ENV`, `CONDA_PREFIX`. Source comes before a stub beside it, packages before modules,
//! `name-stubs` last. What is installed as editable is found as Python finds it: through the folders in `.pth` files,
//! or the table that setuptools writes into a finder of its own; that table is read, and nothing is run.
//!
//! Nothing is read before somebody asks, and no folder is asked twice for the same thing. What is missing, unreadable or
//! unreasonably large is simply not there.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock, RwLock};

use rustc_hash::FxHashMap;

use super::described::{self, Described};
use super::folders::Folders;
use super::sites::Sites;
use crate::fingerprint;
use crate::project::{ALL, Found, Owner, Texts};
use crate::text::Source;

/// No module that a person wrote is larger; what is, is data.
const LARGEST: u64 = 4 << 20;

/// So many modules of a package, in folders so deep, are looked through for classes that complete one of another module.
const MOST: usize = 300;
const DEEPEST: usize = 4;

/// Files that stand at the top of a project.
const MARKS: [&str; 5] = ["pyproject.toml", "setup.py", "setup.cfg", "aiterlint.toml", ".git"];

/// Answers that were given before.
type Memo<K, V> = RwLock<FxHashMap<K, V>>;

/// What the settings of a file say about other people's code.
pub type Describe = Box<dyn Fn(&Path) -> Arc<Described> + Send + Sync>;

/// Whether a text that is not on disk is open under a path.
pub type IsOpen = Box<dyn Fn(&Path) -> bool + Send + Sync>;

pub struct Modules {
    /// An interpreter, or the folder of an environment, that the user named.
    python: Option<PathBuf>,
    /// Files below it are called as somebody there would write them.
    here: PathBuf,
    is_open: Option<IsOpen>,
    describe: Describe,
    folders: Folders,
    /// Stubs made from tables of the settings, by the paths that they are found under.
    written: Memo<String, Arc<Source>>,
    roots: RwLock<KnownRoots>,
    /// Where relative imports lead, by the folder of the file, the dots and the name.
    relative: Memo<(String, u32, String), Vec<Found>>,
    sites: Memo<PathBuf, Arc<Sites>>,
    active: OnceLock<Option<PathBuf>>,
}

/// Where absolute imports are looked for. Folders of one project share them.
struct Roots {
    own: Vec<PathBuf>,
    sites: Arc<Sites>,
    described: Arc<Described>,
    /// What the names mean that somebody has asked for.
    found: Memo<Box<str>, Vec<Found>>,
}

#[derive(Default)]
struct KnownRoots {
    /// By the folder of the file that imports, as it is called.
    of: FxHashMap<String, Arc<Roots>>,
    /// Each once, by what it consists of.
    all: FxHashMap<RootsKey, Arc<Roots>>,
}

/// The folders as they are written, for a path takes long to compare, and where in memory the rest is.
type RootsKey = (Vec<OsString>, usize, usize);

impl Modules {
    pub fn new(python: Option<PathBuf>) -> Modules {
        Modules { here: std::env::current_dir().unwrap_or_default(), ..Modules::of(python, None) }
    }

    /// Every file is called by its whole path, and texts that are only open are files as well.
    pub fn from_root(python: Option<PathBuf>, is_open: IsOpen) -> Modules {
        Modules::of(python, Some(is_open))
    }

    fn of(python: Option<PathBuf>, is_open: Option<IsOpen>) -> Modules {
        Modules {
            python,
            here: PathBuf::new(),
            is_open,
            describe: Box::new(|_| Arc::default()),
            folders: Folders::default(),
            written: RwLock::default(),
            roots: RwLock::default(),
            relative: RwLock::default(),
            sites: RwLock::default(),
            active: OnceLock::new(),
        }
    }

    /// The same, with what the settings say about other people's code.
    pub fn described(self, describe: Describe) -> Modules {
        Modules { describe, ..self }
    }

    /// The stubs that the settings have for a module: those of their table, then those in their folders.
    fn stubs(&self, described: &Described, module: &str) -> Vec<Found> {
        let mut found = Vec::new();
        if let Some(stub) = described.stub(module)
            && let Ok(mut written) = self.written.write()
        {
            found.push(Found::file(stub.path.clone(), Owner::Project));
            written.insert(described::path(module), stub);
        }
        let parts: Vec<&str> = module.split('.').filter(|part| !part.is_empty()).collect();
        let in_folders = described.stubs.iter().flat_map(|folder| self.look_in(folder, &parts, Owner::Project));
        found.extend(in_folders.filter(|found| !found.is_folder));
        found
    }

    fn search(&self, roots: &Roots, module: &str) -> Vec<Found> {
        let parts: Vec<&str> = module.split('.').filter(|part| !part.is_empty()).collect();
        let mut found: Vec<Found> = Vec::new();
        for root in &roots.own {
            found.extend(self.look_in(root, &parts, self.owner_of(root)));
            // A module is what the first root that has it says.
            if found.iter().any(|found| !found.is_folder) {
                return found;
            }
        }
        for site in &roots.sites.folders {
            found.extend(self.look_in(site, &parts, Owner::ThirdParty));
            let Some((first, rest)) = parts.split_first() else { continue };
            let stubs = format!("{first}-stubs");
            let parts: Vec<&str> = std::iter::once(stubs.as_str()).chain(rest.iter().copied()).collect();
            found.extend(self.look_in(site, &parts, Owner::ThirdParty));
        }
        // Python asks these finders only about what no folder has.
        if !found.iter().any(|found| !found.is_folder && found.path.ends_with(".py")) {
            found.extend(self.look_in_mapped(&roots.sites.mapped, module));
        }
        found
    }

    fn relative(&self, from: &str, level: u32, module: &str) -> Vec<Found> {
        let key = (folder_of(from).to_string(), level, module.to_string());
        if let Some(found) = self.relative.read().ok().and_then(|known| known.get(&key).cloned()) {
            return found;
        }
        let file = self.here.join(from);
        let Some(start) = file.ancestors().nth(level as usize) else { return Vec::new() };
        let parts: Vec<&str> = module.split('.').filter(|part| !part.is_empty()).collect();
        let found = match module {
            ALL => self.below(start),
            _ => self.look_in(start, &parts, self.owner_of(start)),
        };
        if let Ok(mut known) = self.relative.write() {
            known.insert(key, found.clone());
        }
        found
    }

    /// The modules in a folder and below it, the nearest first, as many as somebody may want to read at once.
    fn below(&self, start: &Path) -> Vec<Found> {
        let mut found: Vec<Found> = Vec::new();
        let mut folders = vec![start.to_path_buf()];
        for _ in 0..DEEPEST {
            let mut deeper = Vec::new();
            for folder in folders {
                if found.len() >= MOST {
                    break;
                }
                for path in self.folders.names(&folder).into_iter().map(|name| folder.join(name)) {
                    if path.extension().is_some_and(|ending| ending == "py") && self.is_file(&path) {
                        found.push(Found::file(self.shown(&path), self.owner_of(&folder)));
                    } else if self.is_own_folder(&path) {
                        deeper.push(path);
                    }
                }
            }
            folders = deeper;
        }
        found.truncate(MOST);
        found
    }

    /// A folder that holds code of the project itself.
    fn is_own_folder(&self, path: &Path) -> bool {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_other = name.starts_with('.') || ["__pycache__", "node_modules", "site-packages"].contains(&&*name);
        !is_other && self.folders.is_folder(path) && !self.folders.is_there(&path.join("pyvenv.cfg"))
    }

    /// The last name that fits is the nearest, as setuptools sorts them.
    fn look_in_mapped(&self, mapped: &[(String, PathBuf)], module: &str) -> Vec<Found> {
        let fitting = mapped.iter().rev().find_map(|(name, path)| {
            let rest = module.strip_prefix(name.as_str())?;
            (rest.is_empty() || rest.starts_with('.')).then_some((path, rest))
        });
        let Some((path, rest)) = fitting else { return Vec::new() };
        let whole = path.join(rest.split('.').filter(|part| !part.is_empty()).collect::<PathBuf>());
        let (Some(folder), Some(name)) = (whole.parent(), whole.file_name()) else { return Vec::new() };
        self.look_in(folder, &[&name.to_string_lossy()], Owner::ThirdParty)
    }

    /// The files of one folder that a dotted name may mean.
    fn look_in(&self, folder: &Path, parts: &[&str], owner: Owner) -> Vec<Found> {
        // Most of what is imported is somewhere else. What is only open is in no folder.
        if let Some(first) = parts.first()
            && !self.folders.may_have(folder, first)
            && self.is_open.is_none()
        {
            return Vec::new();
        }
        let base: PathBuf = folder.join(parts.iter().collect::<PathBuf>());
        let mut candidates = vec![base.join("__init__.py")];
        if !parts.is_empty() {
            candidates.push(base.with_file_name(format!("{}.py", parts[parts.len() - 1])));
            candidates.push(base.with_file_name(format!("{}.pyi", parts[parts.len() - 1])));
        }
        candidates.push(base.join("__init__.pyi"));
        let files = candidates.iter().filter(|path| self.is_file(path));
        let mut found: Vec<Found> = files.map(|path| Found::file(self.shown(path), owner)).collect();
        // A package without a file of its own.
        if found.is_empty() && self.folders.is_folder(&base) {
            found.push(Found::folder(self.shown(&base), owner));
        }
        found
    }

    fn is_file(&self, path: &Path) -> bool {
        self.folders.is_file(path) || self.is_open.as_ref().is_some_and(|is_open| is_open(path))
    }

    fn owner_of(&self, folder: &Path) -> Owner {
        let installed = folder.components().any(|part| {
            let part = part.as_os_str();
            part == "site-packages" || part == "dist-packages"
        });
        if installed { Owner::ThirdParty } else { Owner::Project }
    }

    /// As the user would write it: from the folder in which the program runs.
    fn shown(&self, path: &Path) -> String {
        let path = path.strip_prefix(&self.here).unwrap_or(path);
        path.to_string_lossy().replace('\\', "/")
    }

    fn roots_of(&self, file: &str) -> Arc<Roots> {
        let name = folder_of(file);
        if let Some(roots) = self.roots.read().ok().and_then(|roots| roots.of.get(name).cloned()) {
            return roots;
        }
        let own = self.own_roots(&self.here.join(name));
        let sites = self.environment(&self.here.join(name)).map(|environment| self.sites_of(&environment));
        let (sites, described) = (sites.unwrap_or_default(), (self.describe)(&self.here.join(file)));
        let written = own.iter().map(|path| path.clone().into_os_string()).collect();
        let key = (written, Arc::as_ptr(&sites).addr(), Arc::as_ptr(&described).addr());
        let new = || Arc::new(Roots { own, sites, described, found: RwLock::default() });
        let Ok(mut known) = self.roots.write() else { return new() };
        let roots = known.all.entry(key).or_insert_with(new).clone();
        known.of.insert(name.to_string(), roots.clone());
        roots
    }

    /// The folders of the project in which a file of this one finds modules.
    fn own_roots(&self, folder: &Path) -> Vec<PathBuf> {
        let mut own: Vec<PathBuf> = Vec::new();
        let mut add = |path: PathBuf| {
            if !own.contains(&path) {
                own.push(path);
            }
        };
        let package = folder
            .ancestors()
            .find(|folder| !self.is_file(&folder.join("__init__.py")) && !self.is_file(&folder.join("__init__.pyi")));
        add(package.unwrap_or(folder).to_path_buf());
        // A folder without an `__init__.py` may lie inside a package that has one.
        let is_package = |folder: &Path| self.folders.is_file(&folder.join("__init__.py"));
        for up in folder.ancestors().filter(|up| is_package(up)) {
            if let Some(above) = up.parent().filter(|above| !is_package(above)) {
                add(above.to_path_buf());
            }
        }
        for up in folder.ancestors().filter(|up| MARKS.iter().any(|mark| self.folders.is_there(&up.join(mark)))) {
            add(up.to_path_buf());
            let src = up.join("src");
            if self.folders.is_folder(&src) {
                add(src);
            }
            // The repository ends here; what lies above it is somebody else's.
            if self.folders.is_there(&up.join(".git")) {
                break;
            }
        }
        own
    }

    /// The folder of the environment that the file's imports come from.
    fn environment(&self, folder: &Path) -> Option<PathBuf> {
        if let Some(python) = &self.python {
            // `ENV/bin/python`, or the environment itself.
            let named = if python.is_dir() { Some(python.as_path()) } else { python.parent().and_then(Path::parent) };
            return named.map(Path::to_path_buf);
        }
        let above = folder.ancestors().flat_map(|up| [up.join(".venv"), up.join("venv")]);
        let mut above = above.filter(|environment| self.folders.is_file(&environment.join("pyvenv.cfg")));
        above.next().or_else(|| {
            let active = || {
                let named = |variable: &str| std::env::var_os(variable).map(PathBuf::from);
                named("VIRTUAL_ENV").or_else(|| named("CONDA_PREFIX"))
            };
            self.active.get_or_init(active).clone()
        })
    }

    fn sites_of(&self, environment: &Path) -> Arc<Sites> {
        if let Some(sites) = self.sites.read().ok().and_then(|sites| sites.get(environment).cloned()) {
            return sites;
        }
        let sites = Arc::new(Sites::of(environment, &self.folders));
        if let Ok(mut known) = self.sites.write() {
            known.insert(environment.to_path_buf(), sites.clone());
        }
        sites
    }

    /// Everything on disk that has decided where imports lead, and what was seen there.
    pub fn places(&self) -> Vec<(PathBuf, u64)> {
        let mut places = self.folders.seen();
        let sites: Vec<Arc<Sites>> =
            self.sites.read().map(|sites| sites.values().cloned().collect()).unwrap_or_default();
        places.extend(sites.iter().flat_map(|sites| sites.said_by.iter().cloned()));
        places
    }

    /// What is seen at such a place now.
    pub fn seen_at(&self, place: &Path) -> u64 {
        match std::fs::read(place) {
            Ok(bytes) => fingerprint::number(&bytes),
            Err(_) => self.folders.print(place),
        }
    }

    /// What decides where the imports of these files lead besides, as one number.
    pub fn premises<'p>(&self, files: impl Iterator<Item = &'p str>) -> u64 {
        let active = ["VIRTUAL_ENV", "CONDA_PREFIX"].map(std::env::var_os);
        let mut written = format!("{:?} {active:?}", self.python);
        let mut last = None;
        for file in files.filter(|file| last.replace(folder_of(file)) != Some(folder_of(file))) {
            let described = (self.describe)(&self.here.join(file));
            if *described != Described::default() {
                written.push_str(&format!("{}: {described:?}\n", folder_of(file)));
            }
        }
        fingerprint::number(written.as_bytes())
    }
}

/// The folder that a file is in, as it is called.
fn folder_of(file: &str) -> &str {
    Path::new(file).parent().and_then(Path::to_str).unwrap_or_default()
}

impl Texts for Modules {
    fn find(&self, from: &str, level: u32, module: &str) -> Vec<Found> {
        if level > 0 {
            return self.relative(from, level, module);
        }
        let roots = self.roots_of(from);
        if let Some(found) = roots.found.read().ok().and_then(|found| found.get(module).cloned()) {
            return found;
        }
        let mut found = self.stubs(&roots.described, module);
        found.extend(self.search(&roots, module));
        if let Ok(mut known) = roots.found.write() {
            known.insert(module.into(), found.clone());
        }
        found
    }

    fn read(&self, path: &str) -> Option<Arc<Source>> {
        if let Some(stub) = self.written.read().ok().and_then(|written| written.get(path).cloned()) {
            return Some(stub);
        }
        let file = self.here.join(path);
        if std::fs::metadata(&file).ok()?.len() > LARGEST {
            return None;
        }
        let text = super::read(std::fs::read(&file).ok()?).ok()?;
        Some(Arc::new(Source::new(path, text.text)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes the files, then asks what an import in one of them means; `found` is relative to the folder.
    fn check(files: &[&str], from: &str, level: u32, module: &str, found: &[&str]) {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().canonicalize().expect("it is there");
        for file in files {
            let path = root.join(file);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("folders are made");
            std::fs::write(path, "").expect("the file is written");
        }
        let modules = Modules::new(None);
        let asked = modules.find(&root.join(from).to_string_lossy(), level, module);
        let shown: Vec<String> = asked
            .iter()
            .filter(|found| !found.is_folder)
            .map(|found| Path::new(&*found.path).strip_prefix(&root).expect("inside").to_string_lossy().into_owned())
            .collect();
        assert_eq!(shown, found, "{from}: {} {module}", ".".repeat(level as usize));
    }

    #[test]
    fn relative_imports_start_at_the_file() {
        check(&["a/b/c.py", "a/b/d.py"], "a/b/c.py", 1, "d", &["a/b/d.py"]);
        check(&["a/b/c.py", "a/d/__init__.py"], "a/b/c.py", 2, "d", &["a/d/__init__.py"]);
        check(&["a/b/__init__.py", "a/b/c.py"], "a/b/c.py", 1, "", &["a/b/__init__.py"]);
    }

    #[test]
    fn all_modules_of_a_folder_are_the_nearest_first() {
        let files =
            ["a/b/c.py", "a/b/.d/e.py", "a/b/f/g.py", "a/b/h.py", "a/b/h.pyi", "a/b/i/pyvenv.cfg", "a/b/i/j.py"];
        check(&files, "a/b/c.py", 1, ALL, &["a/b/c.py", "a/b/h.py", "a/b/f/g.py"]);
        check(&["a/b/c.py", "a/d.py"], "a/b/c.py", 2, ALL, &["a/d.py", "a/b/c.py"]);
    }

    #[test]
    fn absolute_imports_start_above_the_package() {
        check(&["a/__init__.py", "a/b.py", "a/c.py"], "a/b.py", 0, "a.c", &["a/c.py"]);
        check(&["a/__init__.py", "a/b.py", "c.py"], "a/b.py", 0, "c", &["c.py"]);
    }

    #[test]
    fn a_folder_inside_a_package_belongs_to_it() {
        check(&["a/__init__.py", "a/b/c/d.py", "a/e.py"], "a/b/c/d.py", 0, "a.e", &["a/e.py"]);
    }

    #[test]
    fn a_project_may_keep_its_code_in_src() {
        check(
            &["pyproject.toml", "src/a/__init__.py", "src/a/b.py", "tests/t.py"],
            "tests/t.py",
            0,
            "a.b",
            &["src/a/b.py"],
        );
    }

    #[test]
    fn source_comes_before_its_stub() {
        check(&["a.py", "b.py", "b.pyi"], "a.py", 0, "b", &["b.py", "b.pyi"]);
    }

    #[test]
    fn environments_are_found_above_the_file() {
        let site = ".venv/lib/python3.11/site-packages";
        let file = format!("{site}/lib/__init__.py");
        check(&[".venv/pyvenv.cfg", &file, "app/main.py"], "app/main.py", 0, "lib", &[&file]);
    }
}
