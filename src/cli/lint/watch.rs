//! Waits until something changes that a check may care about.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};

use super::cache;
use crate::cli::args::LintArguments;
use crate::files::{is_unplaced, shown};

/// How long nothing must happen until what has begun is taken to be over: saving a file is several events, and checking
/// out a branch very many.
const QUIET: Duration = Duration::from_millis(60);

/// Folders in which only tools write.
const TOOLS: [&str; 6] = [".git", ".hg", ".mypy_cache", ".pytest_cache", ".ruff_cache", "__pycache__"];

pub struct Watch {
    events: Receiver<notify::Result<Event>>,
    /// What this program writes itself.
    own: Vec<PathBuf>,
    /// Ends the events when it goes.
    _watcher: RecommendedWatcher,
}

impl Watch {
    /// Watches what is to be checked. The error is a sentence.
    pub fn new(arguments: &LintArguments) -> Result<Watch, String> {
        if arguments.paths.iter().any(|path| path.as_os_str() == "-") {
            return Err("--watch is for files, and standard input is none".to_string());
        }
        let (sender, events) = channel();
        // When nobody listens any more, the run is over.
        let tell = move |event| drop(sender.send(event));
        let mut watcher = notify::recommended_watcher(tell).map_err(|error| refused("files", &error))?;
        for path in &arguments.paths {
            let (place, mode) = match path.is_dir() {
                true => (path.as_path(), RecursiveMode::Recursive),
                // A file that is replaced is another one; its folder stays.
                false => (path.parent().unwrap_or(path), RecursiveMode::NonRecursive),
            };
            let place = if place.as_os_str().is_empty() { Path::new(".") } else { place };
            watcher.watch(place, mode).map_err(|error| refused(&shown(place), &error))?;
        }
        let reports = arguments.output_format.iter().filter_map(|output| output.path.as_ref());
        let own = reports.chain(&arguments.output_file).chain(&arguments.cache_dir);
        let own = own.filter_map(|path| std::path::absolute(path).ok()).collect();
        Ok(Watch { events, own, _watcher: watcher })
    }

    /// Returns when something has changed; the error says why nobody will know.
    pub fn wait(&self) -> Result<(), String> {
        let mut has_changed = false;
        loop {
            let event = if has_changed {
                self.events.recv_timeout(QUIET)
            } else {
                self.events.recv().map_err(|_| RecvTimeoutError::Disconnected)
            };
            match event {
                Ok(Ok(event)) => has_changed |= self.is_news(&event),
                Ok(Err(error)) => return Err(refused("files", &error)),
                Err(RecvTimeoutError::Timeout) => return Ok(()),
                Err(RecvTimeoutError::Disconnected) => {
                    return Err("the system no longer tells what changes".to_string());
                }
            }
        }
    }

    fn is_news(&self, event: &Event) -> bool {
        !event.kind.is_access() && event.paths.iter().any(|path| !self.is_ours(path) && !is_a_tool_s(path))
    }

    fn is_ours(&self, path: &Path) -> bool {
        let name = path.file_name().unwrap_or_default();
        is_unplaced(name)
            || name.to_str().is_some_and(|name| name.ends_with(cache::ENDING))
            || std::path::absolute(path).is_ok_and(|path| self.own.iter().any(|own| path.starts_with(own)))
    }
}

fn is_a_tool_s(path: &Path) -> bool {
    path.iter().any(|part| TOOLS.iter().any(|tool| part == *tool))
}

fn refused(place: &str, error: &notify::Error) -> String {
    format!("{place} cannot be watched: {error}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_watcher_that_stops_ends_the_run_with_a_sentence() {
        let (sender, events) = channel();
        let watch = Watch { events, own: Vec::new(), _watcher: notify::recommended_watcher(|_| {}).unwrap() };
        sender.send(Err(notify::Error::generic("too many files"))).unwrap();
        assert_eq!(watch.wait(), Err("files cannot be watched: too many files".to_string()));
        drop(sender);
        assert_eq!(watch.wait(), Err("the system no longer tells what changes".to_string()));
    }
}
