//! The lowest Python that code says it needs: a project in `requires-python`, a script in the comment at its top
//! (PEP 723).

use std::borrow::Cow;

use pep440_rs::{Version, VersionSpecifiers};

use super::{Config, PythonVersion};

/// The lowest Python 3 that a requirement such as `>=3.9,!=3.9.1` allows.
pub fn lowest(requirement: &str) -> Option<PythonVersion> {
    let specifiers: VersionSpecifiers = requirement.parse().ok()?;
    // `>=3.9.2` means that 3.9 has to be reckoned with, so the patch versions of each are tried.
    let allows = |minor: u64| (0..40).any(|patch| specifiers.contains(&Version::new([3, minor, patch])));
    (0..40).find(|&minor| allows(minor)).map(|minor| PythonVersion::new(3, minor as u8))
}

/// The settings for one text: what a script says about itself counts for it, whatever the project around it says.
pub fn for_text<'c>(text: &str, config: &'c Config) -> Cow<'c, Config> {
    match script_version(text) {
        Some(version) => Cow::Owned(Config { target_version: Some(version), ..config.clone() }),
        None => Cow::Borrowed(config),
    }
}

/// `requires-python` in the `# /// script` block. Only that one line of its TOML is of interest.
fn script_version(text: &str) -> Option<PythonVersion> {
    // Few files have one, and it stands on a line of its own.
    let start = text.find("# /// script")?;
    let is_line = start == 0 || text[..start].ends_with(['\n', '\r']);
    let block = text[start..].lines().skip(1).take_while(|line| line.starts_with('#') && *line != "# ///");
    let mut values = block.filter_map(|line| {
        let (key, value) = line.trim_start_matches('#').split_once('=')?;
        (key.trim() == "requires-python").then(|| value.trim())
    });
    let value = values.next().filter(|_| is_line)?;
    let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    lowest(value[1..].split(quote).next()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<(u8, u8)>) {
        let found = for_text(text, &Config::default()).target_version;
        assert_eq!(found, expected.map(|(major, minor)| PythonVersion::new(major, minor)), "{text}");
    }

    #[test]
    fn scripts_say_what_they_need() {
        check("# /// script\n# requires-python = \">=3.9\"\n# dependencies = []\n# ///\nimport x\n", Some((3, 9)));
        check(
            "#!/usr/bin/env python\n# /// script\n# dependencies = []\n# requires-python = '==3.12.*'\n# ///\n",
            Some((3, 12)),
        );
        check("# /// script\n# dependencies = []\n# ///\n# requires-python = '>=3.9'\n", None);
        check("x = '# /// script'\n# requires-python = '>=3.9'\n", None);
        check("import x\n", None);
    }
}
