//! One settings file with everything that it extends.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::parse::{self, Mistake};
use super::settings::{Base, Settings};
use super::{absolute, near};
use crate::config::PythonVersion;
use crate::files::reason;

/// The lowest Python by `requires-python`, and where that stands.
#[derive(Debug)]
pub(super) struct Requires {
    pub version: PythonVersion,
    pub origin: String,
}

/// How an origin ends that is only `requires-python`.
pub(super) const REQUIRES: &str = "(requires-python)";

/// What one file says.
#[derive(Debug)]
pub(super) struct File {
    pub table: Table,
    pub requires: Option<Arc<Requires>>,
    pub mistakes: Vec<Mistake>,
}

#[derive(Debug)]
pub(super) enum Table {
    Absent,
    Wrong,
    Read(Box<Settings>),
}

/// Reads one file that may hold settings, and what it extends; None when there is no such file.
pub(super) fn read_file(path: &Path) -> Option<File> {
    read_chain(path, &[])
}

/// The same for a file that others extend: those, from the last to the first.
fn read_chain(path: &Path, above: &[PathBuf]) -> Option<File> {
    let mut file = read_one(path)?;
    let Table::Read(settings) = &mut file.table else { return Some(file) };
    let Some(base) = settings.extend.take() else { return Some(file) };
    let chain = [above, &[std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf())]].concat();
    match read_base(path, &base, &chain) {
        Ok(mut under) => {
            under.lay(settings);
            **settings = under;
        }
        Err(mistakes) => {
            file.mistakes.extend(mistakes);
            file.table = Table::Wrong;
        }
    }
    Some(file)
}

/// The settings that a file goes on top of.
fn read_base(path: &Path, base: &Base, chain: &[PathBuf]) -> Result<Settings, Vec<Mistake>> {
    let wrong = |message| vec![Mistake { file: near(path), place: Some(base.place), message }];
    let target = path.parent().unwrap_or(Path::new("")).join(&base.path);
    let Ok(target) = std::fs::canonicalize(&target) else {
        return Err(wrong(format!("there is no file `{}` to extend", base.path)));
    };
    if chain.contains(&target) {
        return Err(wrong(format!("`{}` extends this file, so this file cannot extend it", base.path)));
    }
    match read_chain(&target, chain) {
        Some(File { table: Table::Read(settings), .. }) => Ok(*settings),
        Some(File { table: Table::Wrong, mistakes, .. }) => Err(mistakes),
        Some(File { table: Table::Absent, .. }) => {
            Err(wrong(format!("`{}` has no `[tool.aiterlint]` table", base.path)))
        }
        None => Err(wrong(format!("`{}` is not a settings file", base.path))),
    }
}

fn read_one(path: &Path) -> Option<File> {
    match std::fs::read_to_string(path) {
        Ok(text) => {
            let root = absolute(path).parent().map(Path::to_path_buf).unwrap_or_default();
            Some(parse::file(&text, &near(path), &root, path.ends_with("pyproject.toml")))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        // A folder of that name, or a file where a folder should be, is not about us.
        Err(_) if !path.is_file() => None,
        Err(error) => {
            let mistake = Mistake::at_file(&near(path), format!("cannot be read: {}", reason(&error)));
            Some(File { table: Table::Wrong, requires: None, mistakes: vec![mistake] })
        }
    }
}
