//! `config show` and `config schema`: the settings in force and where each comes from; what a settings file may say.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::Status;
use super::args::ShowArguments;
use super::terminal::Terminal;
use crate::config::read::{Resolver, Settings};
use crate::files::{reason, shown};

pub fn show(arguments: &ShowArguments, terminal: &Terminal) -> Status {
    match arguments.settings.parts() {
        Ok((look, overrides)) => {
            show_each(std::slice::from_ref(&arguments.path), &Resolver::new(look, &overrides), terminal)
        }
        Err(sentence) => {
            terminal.error(&sentence);
            Status::Trouble
        }
    }
}

/// The settings of each path, one table after the other.
pub fn show_each(paths: &[PathBuf], resolver: &Resolver, terminal: &Terminal) -> Status {
    let mut tables = Vec::new();
    let mut status = Status::Clean;
    for path in paths {
        let settings = match std::fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => resolver.for_folder(path),
            Ok(_) => resolver.for_file(Some(path)),
            Err(error) => {
                terminal.error(&format!("{}: {}", shown(path), reason(&error)));
                status = Status::Trouble;
                continue;
            }
        };
        tables.extend(settings.map(|settings| table(path, &settings)));
    }
    for mistake in resolver.mistakes() {
        terminal.error(&mistake.to_string());
        status = Status::Trouble;
    }
    status.max(terminal.print(&tables.join("\n")))
}

pub fn schema(terminal: &Terminal) -> Status {
    terminal.print_json(serde_json::to_string_pretty(&crate::config::read::schema()))
}

fn table(path: &Path, settings: &Settings) -> String {
    let config = &settings.config;
    let names = |names: &[String]| if names.is_empty() { "-".to_string() } else { names.join(", ") };
    let select = config.select.as_deref().map_or_else(|| "the default rules".to_string(), names);
    let version = config.target_version.map_or_else(|| "unknown".to_string(), |version| version.to_string());
    let include =
        if settings.origins.contains_key("include") { names(&settings.include) } else { "*.py, *.pyi, *.ipynb".into() };
    let per_file: Vec<String> = settings.per_file.iter().map(|some| some.text.clone()).collect();
    let stubs: Vec<String> = settings.described.stubs.iter().map(|folder| shown(folder).to_string()).collect();
    let kinds = settings.described.kinds.iter().map(|(name, gives)| format!("{name} = {}", gives.name()));
    let kinds: Vec<String> = kinds.collect();
    let mut rows = vec![
        ("select".to_string(), select),
        ("extend-select".to_string(), names(&config.extend_select)),
        ("ignore".to_string(), names(&config.ignore)),
        ("target-version".to_string(), version),
        ("error-on".to_string(), settings.error_on.name().to_string()),
        ("include".to_string(), include),
        ("exclude".to_string(), names(&settings.exclude)),
        ("force-exclude".to_string(), settings.force_exclude.to_string()),
        ("per-file".to_string(), names(&per_file)),
        ("stubs".to_string(), names(&stubs)),
        ("kinds".to_string(), names(&kinds)),
    ];
    rows.extend(config.levels.iter().map(|(rule, level)| (format!("rules.{rule}"), level.name().to_string())));

    let keys = rows.iter().map(|(key, _)| key.len()).max().unwrap_or(0);
    let values = rows.iter().map(|(_, value)| value.chars().count()).max().unwrap_or(0).min(50);
    let from = settings.file.as_deref().unwrap_or("no settings file");
    let mut out = format!("Settings for {} ({from})\n\n", shown(path));
    for (key, value) in rows {
        let origin = settings.origins.get(&key).map_or("default", String::as_str);
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{key:keys$}  {value:values$}  {origin}");
    }
    out
}
