//! Where the findings go: standard output, files, or both, each in a format of its own.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::views::Views;
use crate::cli::args::Output;
use crate::files::{Trouble, reason, shown};
use crate::render::{Format, Palette, statistics};

pub struct Outputs {
    /// What standard output gets; None when everything goes to files.
    shown: Option<Format>,
    saved: Vec<(Format, PathBuf)>,
    /// Whether the findings are only counted, as far as they are shown.
    only_counted: bool,
}

impl Outputs {
    /// The error says which of them do not go together.
    pub fn new(outputs: &[Output], file: Option<&Path>, only_counted: bool) -> Result<Outputs, String> {
        let mut saved: Vec<(Format, PathBuf)> = Vec::new();
        let mut pathless: Vec<Format> = Vec::new();
        for output in outputs {
            match &output.path {
                Some(path) => saved.push((output.format, path.clone())),
                None => pathless.push(output.format),
            }
        }
        if outputs.is_empty() {
            pathless.push(Format::Full);
        }
        let shown = match (pathless.as_slice(), file) {
            ([first, second, ..], _) => {
                let (first, second) = (first.name(), second.name());
                let hint = format!("give one of them a file, as in `--output-format {second}=PATH`");
                return Err(format!("`{first}` and `{second}` cannot both go to one place; {hint}"));
            }
            ([], Some(_)) => return Err("--output-file is for a format without a path, and each has one".to_string()),
            ([only], Some(file)) => {
                saved.push((*only, file.to_path_buf()));
                None
            }
            (pathless, None) => pathless.first().copied(),
        };
        let twice = saved.iter().enumerate().find(|(at, (_, path))| saved[..*at].iter().any(|(_, it)| it == path));
        match twice {
            Some((_, (_, path))) => Err(format!("two reports cannot both be written to `{}`", self::shown(path))),
            None => {
                if let Some(format) = shown.filter(|format| only_counted && !statistics::has_form(*format)) {
                    let forms = "full, concise, grouped, json and json-lines";
                    return Err(format!("--statistics has no form as `{}`, only as {forms}", format.name()));
                }
                Ok(Outputs { shown, saved, only_counted })
            }
        }
    }

    /// Whether whoever started the run reads what it prints, and likes to be told how it went.
    pub fn are_for_people(&self) -> bool {
        self.shown.is_none_or(Format::is_for_people)
    }

    /// Writes what standard output gets.
    pub fn show(&self, files: &Views, palette: &Palette, out: &mut dyn Write) -> io::Result<()> {
        match self.shown {
            Some(format) if self.only_counted => statistics::write(format, files.of(format), palette, out),
            Some(format) => format.write(files.of(format), palette, out),
            None => Ok(()),
        }
    }

    /// Writes the files, and says which could not be written.
    pub fn save(&self, files: &Views) -> Vec<Trouble> {
        let troubles = self.saved.iter().filter_map(|(format, path)| {
            let error = save(*format, files, path).err()?;
            Some(Trouble::new(self::shown(path), format!("cannot be written: {}", reason(&error))))
        });
        troubles.collect()
    }
}

fn save(format: Format, files: &Views, path: &Path) -> io::Result<()> {
    let mut text = Vec::new();
    format.write(files.of(format), &Palette::default(), &mut text)?;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, text)
}
