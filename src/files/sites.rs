//! What is installed in an environment, as far as it says where modules are.

use std::path::{Path, PathBuf};

use super::folders::Folders;
use crate::fingerprint;

/// Where an environment keeps what is installed in it.
#[derive(Default)]
pub struct Sites {
    pub folders: Vec<PathBuf>,
    /// Dotted names that lead elsewhere, a file without its ending or a folder.
    pub mapped: Vec<(String, PathBuf)>,
    /// The files that say so, each with its text as one number.
    pub said_by: Vec<(PathBuf, u64)>,
}

impl Sites {
    /// The folders in which an environment keeps packages, with those that its `.pth` files add, and what the finders
    /// map that setuptools writes for editable packages.
    pub fn of(environment: &Path, folders: &Folders) -> Sites {
        let mut sites = vec![environment.join("Lib").join("site-packages")];
        for library in ["lib", "lib64"].map(|library| environment.join(library)) {
            let versions = folders.names(&library).into_iter().filter(|name| name.starts_with("python"));
            sites.extend(versions.map(|version| library.join(version).join("site-packages")));
        }
        sites.retain(|site| folders.is_folder(site));
        sites.sort();
        // `lib64` is often the same folder again.
        sites.dedup_by_key(|site| site.canonicalize().ok());
        let (mut mapped, mut added, mut said_by) = (Vec::new(), Vec::new(), Vec::new());
        for site in &sites {
            for name in folders.names(site) {
                let is_finder = name.starts_with("__editable___") && name.ends_with("_finder.py");
                if !is_finder && !name.ends_with(".pth") {
                    continue;
                }
                let file = site.join(&name);
                let bytes = std::fs::read(&file).unwrap_or_default();
                let text = std::str::from_utf8(&bytes).unwrap_or_default();
                if is_finder {
                    mapped.extend(mapping(text).into_iter().map(|(name, path)| (name, PathBuf::from(path))));
                } else {
                    added.extend(added_by(site, text));
                }
                said_by.push((file, fingerprint::number(&bytes)));
            }
        }
        sites.extend(added);
        Sites { folders: sites, mapped, said_by }
    }
}

/// The folders that a `.pth` file of a site adds; lines of code in it are left alone.
fn added_by(site: &Path, text: &str) -> Vec<PathBuf> {
    let lines = text.lines().map(str::trim).filter(|line| {
        !line.is_empty() && !line.starts_with('#') && !line.starts_with("import ") && !line.starts_with("import\t")
    });
    lines.map(|line| site.join(line)).collect()
}

/// `MAPPING: dict[str, str] = {'name': '/path/to/name'}`, one line as `repr` writes it. A line that reads differently
/// maps nothing.
fn mapping(finder: &str) -> Vec<(String, String)> {
    let line = finder.lines().find(|line| line.starts_with("MAPPING"));
    let table = line.and_then(|line| line.split_once("= {")).map(|(_, table)| table);
    let Some(mut rest) = table else { return Vec::new() };
    let mut found = Vec::new();
    while let Some((name, after)) = written(rest) {
        let Some((path, after)) = after.strip_prefix(": ").and_then(written) else { return Vec::new() };
        found.push((name, path));
        rest = after.strip_prefix(", ").unwrap_or(after);
    }
    if rest.starts_with('}') { found } else { Vec::new() }
}

/// A string as `repr` writes it, and what follows.
fn written(text: &str) -> Option<(String, &str)> {
    let mut letters = text.char_indices();
    let (_, quote) = letters.next().filter(|(_, letter)| matches!(letter, '\'' | '"'))?;
    let mut string = String::new();
    while let Some((at, letter)) = letters.next() {
        match letter {
            _ if letter == quote => return Some((string, &text[at + 1..])),
            // Other escapes stand for what is in no path.
            '\\' => string.push(letters.next().map(|(_, letter)| letter).filter(|letter| "\\'\"".contains(*letter))?),
            _ => string.push(letter),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finders_of_editable_packages_are_read() {
        let pair = |name: &str, path: &str| (name.to_string(), path.to_string());
        let check = |line: &str, found: &[(String, String)]| {
            assert_eq!(mapping(&format!("import sys\n{line}\nNAMESPACES = {{}}\n")), found, "{line}");
        };
        check("MAPPING: dict[str, str] = {}", &[]);
        check("MAPPING = {'a': '/home/a'}", &[pair("a", "/home/a")]);
        check(r#"MAPPING = {'a': 'C:\\a', 'b': "/it's"}"#, &[pair("a", r"C:\a"), pair("b", "/it's")]);
        check("MAPPING = {'a': path('a')}", &[]);
        check("MAPPING = {'a': '/home/a', **more}", &[]);
        check("MAPPING = make()", &[]);
    }
}
