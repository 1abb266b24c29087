//! `config show`: the settings in force, and where each comes from.

use std::fmt::Write;
use std::path::Path;

use super::Status;
use super::args::ShowArguments;
use super::terminal::Terminal;
use crate::config::read::Settings;
use crate::files::{reason, shown};

pub fn show(arguments: &ShowArguments, terminal: &Terminal) -> Status {
    let path = &arguments.path;
    let resolver = arguments.settings.resolver();
    let settings = match std::fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => resolver.for_folder(path),
        Ok(_) => resolver.for_file(Some(path)),
        Err(error) => {
            terminal.error(&format!("{}: {}", shown(path), reason(&error)));
            return Status::Trouble;
        }
    };
    for mistake in resolver.mistakes() {
        terminal.error(&mistake.to_string());
    }
    match settings {
        Some(settings) => terminal.print(&table(path, &settings)),
        None => Status::Trouble,
    }
}

fn table(path: &Path, settings: &Settings) -> String {
    let config = &settings.config;
    let names = |names: &[String]| if names.is_empty() { "-".to_string() } else { names.join(", ") };
    let select = config.select.as_deref().map_or_else(|| "the default rules".to_string(), names);
    let version = config.target_version.map_or_else(|| "unknown".to_string(), |version| version.to_string());
    let mut rows = vec![
        ("select".to_string(), select),
        ("extend-select".to_string(), names(&config.extend_select)),
        ("ignore".to_string(), names(&config.ignore)),
        ("exclude".to_string(), names(&settings.exclude)),
        ("target-version".to_string(), version),
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
