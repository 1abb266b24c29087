//! What can be asked for. The comments are the help: the first line for `-h`, all of it for `--help`.

use std::ffi::OsStr;
use std::path::PathBuf;

use anstream::ColorChoice;
use clap::builder::{FalseyValueParser, PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::error::ErrorKind;
use clap::{Args, Error, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::config::read::{Look, Overrides, Resolver, check_rule_name, check_version};
use crate::config::{Level, PythonVersion};
use crate::files::Patterns;
use crate::render::Format;

const EXIT_STATUS: &str =
    "Exit status: 0 nothing found, 1 findings, 2 wrong use, wrong settings or an unreadable path.";

const LINT_EXAMPLES: &str = "  aiterlint lint
  aiterlint lint --fix src tests
  aiterlint lint --since origin/main --output-format github
  aiterlint lint --baseline known.json --update-baseline
  aiterlint lint --select all --output-format json-lines | jq .message
  aiterlint lint - --stdin-filename src/app.py < src/app.py";

/// Finds async-iterator mistakes in Python before they run.
#[derive(Parser)]
#[command(name = "aiterlint", version, max_term_width = 100, disable_help_subcommand = true)]
#[command(after_help = EXIT_STATUS)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,

    /// When to use colours.
    ///
    /// `auto` uses them in a terminal, and minds NO_COLOR, FORCE_COLOR and CLICOLOR_FORCE; `always` and `never` mind
    /// nothing else.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", value_parser = colour())]
    pub color: ColorChoice,
}

#[derive(Subcommand)]
pub enum Command {
    /// Check files and folders.
    ///
    /// Checks the Python files (.py, .pyi) and notebooks (.ipynb) among the paths and in the folders below them, and prints what it finds.
    /// Ignore files are respected; virtual environments, caches and build folders are skipped. A file that is named
    /// itself is always checked.
    #[command(visible_alias = "check", after_help = EXIT_STATUS)]
    #[command(after_long_help = format!("{EXIT_STATUS}\n\nExamples:\n{LINT_EXAMPLES}"))]
    Lint(Box<LintArguments>),

    /// Show what a rule is about.
    ///
    /// Shows the page of a rule: what the mistake is, why it is one, an example, the same example mended, and what the
    /// rule stays silent about.
    #[command(after_long_help = "Examples:\n  aiterlint explain reuse-exhausted\n  aiterlint explain never-iterated \
                                 --output-format markdown > never-iterated.md")]
    Explain {
        /// The rule's name, as findings show it.
        rule: String,

        /// How to write the page.
        ///
        /// `text` is set for a terminal, `markdown` is the page itself, `json` has the page and the rule's level, fix
        /// and documentation as values.
        #[arg(long, value_name = "FORMAT", default_value = "text")]
        output_format: ExplainFormat,
    },

    /// List the rules.
    ///
    /// Lists each rule with its level, whether it has a fix, and what it is about. `off` means that the rule speaks
    /// only when it is asked for with --select or --extend-select.
    #[command(
        after_long_help = "Examples:\n  aiterlint rules\n  aiterlint rules --output-format json | jq -r '.[].name'"
    )]
    Rules {
        /// How to write the list.
        ///
        /// `text` has a line for each rule, `json` a list of objects.
        #[arg(long, value_name = "FORMAT", default_value = "text")]
        output_format: ListFormat,
    },

    /// Look at the settings.
    ///
    /// Settings stand in `[tool.aiterlint]` of the nearest pyproject.toml above a file, or in an aiterlint.toml, which
    /// wins in the same folder.
    #[command(after_long_help = "Examples:\n  aiterlint config show src/app.py\n  aiterlint config schema > \
                                 aiterlint.schema.json")]
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },

    /// Remove the cache.
    ///
    /// Removes what `aiterlint lint` has kept to be quicker the next time. Nothing is lost by it but time.
    #[command(after_long_help = "Examples:\n  aiterlint clean\n  aiterlint clean --cache-dir build/cache")]
    Clean {
        /// The folder to empty.
        ///
        /// Without it `aiterlint` in the user's folder for caches.
        #[arg(long, value_name = "FOLDER", env = "AITERLINT_CACHE_DIR", hide_env_values = true)]
        cache_dir: Option<PathBuf>,
    },

    /// Print what a shell needs to complete commands and flags.
    ///
    /// The output goes to where the shell looks for it, or is read when the shell starts.
    #[command(after_long_help = "Examples:\n  aiterlint completions bash > \
                                 ~/.local/share/bash-completion/completions/aiterlint\n  aiterlint completions fish > \
                                 ~/.config/fish/completions/aiterlint.fish\n  aiterlint completions zsh > \
                                 ~/.zfunc/_aiterlint")]
    Completions {
        /// The shell.
        shell: Shell,
    },

    /// Write the man pages.
    ///
    /// One page for the program and one for each of its commands, as `man` reads them.
    #[command(after_long_help = "Examples:\n  aiterlint man ~/.local/share/man/man1\n  man aiterlint-lint")]
    Man {
        /// The folder to write them to; it is made if it is missing.
        folder: PathBuf,
    },

    /// Serve an editor.
    ///
    /// Speaks the Language Server Protocol over standard input and output. Editors start it; the folder
    /// `editors` of the repository tells how each is told to.
    Server(ServerArguments),
}

#[derive(Subcommand)]
pub enum ConfigCommand {
    /// Show the settings in force, and where each comes from.
    ///
    /// Shows the settings that hold for a file or for the files of a folder, each with the file and line that sets it.
    Show(ShowArguments),

    /// Print the JSON schema of a settings file.
    ///
    /// For editors that check and complete TOML: it describes aiterlint.toml, and `[tool.aiterlint]` of a
    /// pyproject.toml.
    Schema,
}

#[derive(Args)]
pub struct ShowArguments {
    /// The file or folder to show the settings for.
    #[arg(default_value = ".")]
    pub path: PathBuf,

    #[command(flatten)]
    pub settings: SettingsArguments,
}

/// What editors add by themselves and need not have.
#[derive(Args)]
pub struct ServerArguments {
    #[arg(long, hide = true, help = "Speak over standard input and output, as it does anyway")]
    #[arg(long_help = "Speak over standard input and output.\n\nIt does so in any case.")]
    pub stdio: bool,
}

#[derive(Args)]
pub struct LintArguments {
    /// What to check: files, folders, or `-` for standard input.
    ///
    /// Folders are searched for Python files. A file that is named here is always checked, whatever it is called and
    /// whatever the settings exclude.
    #[arg(default_value = ".")]
    pub paths: Vec<PathBuf>,

    /// What to call standard input.
    ///
    /// The name that findings in `-` are shown under. It also decides which settings hold, as if the file were there.
    #[arg(long, value_name = "PATH")]
    pub stdin_filename: Option<PathBuf>,

    /// Apply the safe fixes.
    ///
    /// Applies every safe fix and writes the files, then shows what is left. What comes from standard input goes to
    /// standard output with its fixes, and the findings to standard error.
    #[arg(long, help_heading = "Fixes")]
    pub fix: bool,

    /// Count unsafe fixes too.
    ///
    /// With --fix or --diff, applies also the fixes that may change what a working program does.
    #[arg(long, help_heading = "Fixes")]
    pub unsafe_fixes: bool,

    /// Show what --fix would change, and write nothing.
    ///
    /// Prints the fixes as a unified diff instead of the findings. The exit status is 1 if there is something to
    /// change.
    #[arg(long, help_heading = "Fixes")]
    pub diff: bool,

    /// Write an ignore comment for each finding.
    ///
    /// Puts `# aiterlint: ignore[RULE]: REASON` at the end of each line with findings, or a block round what takes no
    /// comment, and writes the files. With --diff it only shows them.
    #[arg(long, value_name = "REASON", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    #[arg(value_parser = reason, conflicts_with_all = ["fix", "unsafe_fixes"], help_heading = "Old code")]
    pub add_ignore: Option<String>,

    /// Findings that stand in this file do not count.
    ///
    /// The file says how many findings of each rule there were in each file, and on what code, never on which line: what
    /// moves stays known, what is new fails. --update-baseline writes it.
    #[arg(long, value_name = "FILE", env = "AITERLINT_BASELINE", hide_env_values = true)]
    #[arg(conflicts_with = "add_ignore", help_heading = "Old code")]
    pub baseline: Option<PathBuf>,

    /// Write to the --baseline file what is found now.
    ///
    /// What has been mended goes, what is new comes in. Files that this run does not check keep their entries as long
    /// as they are there.
    #[arg(long, requires = "baseline", conflicts_with_all = ["diff", "since", "changed"], help_heading = "Old code")]
    pub update_baseline: bool,

    /// Only what is on lines that differ from the last commit.
    ///
    /// The same as --since HEAD.
    #[arg(long, conflicts_with = "since", help_heading = "Old code")]
    pub changed: bool,

    /// Only what is on lines that differ from this revision of git.
    ///
    /// A branch, a tag or a commit. Counted from where the current branch has left it, with what is not committed and
    /// files that git does not know yet. A finding counts if a place of its story is on such a line.
    #[arg(long, value_name = "REV", conflicts_with = "add_ignore", help_heading = "Old code")]
    pub since: Option<String>,

    /// How to write the findings, and where to: FORMAT or FORMAT=PATH.
    ///
    /// For people: `full` (the default) draws each finding in its code, `concise` has a line for each, `grouped` puts
    /// them under their files. For programs: `json`, `json-lines`, `sarif` and `rdjson` with everything there is to
    /// know, `github`, `gitlab` and `azure` for the jobs of those services, `junit`, `checkstyle` and `pylint` for
    /// others. With a path the report goes to that file; one without goes to standard output. The flag may be given
    /// several times.
    #[arg(long, value_name = "FORMAT[=PATH]", env = "AITERLINT_OUTPUT_FORMAT", hide_env_values = true)]
    #[arg(value_parser = OutputParser, help_heading = "Output")]
    pub output_format: Vec<Output>,

    /// Write the findings to this file.
    ///
    /// Where the format goes that has no path of its own. Folders that are missing are made.
    #[arg(long, value_name = "PATH", env = "AITERLINT_OUTPUT_FILE", hide_env_values = true)]
    #[arg(help_heading = "Output")]
    pub output_file: Option<PathBuf>,

    /// Count the findings of each rule instead of showing them.
    ///
    /// A line for each rule that has something to say, the most frequent first; with `json` and `json-lines` an object
    /// for each. Reports that go to files hold the findings as ever.
    #[arg(long, help_heading = "Output")]
    pub statistics: bool,

    /// The lowest level that makes the run fail: error, warning or info.
    ///
    /// Findings below it are shown, and the exit status stays 0. Without it every finding counts.
    #[arg(long, value_name = "LEVEL", env = "AITERLINT_ERROR_ON", hide_env_values = true)]
    #[arg(value_parser = level(), help_heading = "Output")]
    pub error_on: Option<Level>,

    /// Exit with 0 even when there are findings.
    ///
    /// Wrong use, wrong settings and unreadable paths still exit with 2.
    #[arg(long, help_heading = "Output")]
    pub exit_zero: bool,

    /// Print findings and errors only.
    ///
    /// Leaves out the line at the end that says how it went.
    #[arg(long, short, conflicts_with = "verbose", help_heading = "Output")]
    pub quiet: bool,

    /// Tell what is read, what is passed over, and how long it takes.
    ///
    /// On standard error: which settings hold for how many files, what is left out and why, the time each file takes.
    #[arg(long, short, help_heading = "Output")]
    pub verbose: bool,

    /// List the files that would be checked, and check none.
    ///
    /// A line for each, in the order in which they would be checked.
    #[arg(long, help_heading = "Files")]
    pub show_files: bool,

    /// Show the settings that hold for each path, and check none.
    ///
    /// As `aiterlint config show` does, with the file and line that each comes from.
    #[arg(long, conflicts_with = "show_files", help_heading = "Files")]
    pub show_settings: bool,

    /// Files and folders to leave out, as a pattern of .gitignore.
    ///
    /// Adds to what the settings exclude; the pattern begins at the current folder. The flag may be given several
    /// times.
    #[arg(long, value_name = "PATTERN", value_parser = pattern, help_heading = "Files")]
    pub exclude: Vec<String>,

    /// Leave out what is excluded even if it is named.
    ///
    /// Without it a file that is named on the command line is always checked. For hooks, which name every file that
    /// has changed.
    #[arg(long, help_heading = "Files")]
    pub force_exclude: bool,

    #[command(flatten)]
    pub settings: SettingsArguments,

    /// Check again whenever something changes, until Ctrl-C.
    ///
    /// Checks what has changed and what depends on it, and shows all findings anew.
    #[arg(long, short, conflicts_with_all = ["update_baseline", "add_ignore", "diff", "show_files", "show_settings"], help_heading = "Run")]
    pub watch: bool,

    /// Check every file anew.
    ///
    /// Neither uses nor fills the cache. The cache never changes what is found, only how long it takes.
    #[arg(long, env = "AITERLINT_NO_CACHE", hide_env_values = true, value_parser = FalseyValueParser::new())]
    #[arg(help_heading = "Run")]
    pub no_cache: bool,

    /// Where to keep the cache.
    ///
    /// A folder; without it `aiterlint` in the user's folder for caches. `aiterlint clean` empties it.
    #[arg(long, value_name = "FOLDER", env = "AITERLINT_CACHE_DIR", hide_env_values = true, help_heading = "Run")]
    pub cache_dir: Option<PathBuf>,

    /// How many threads to use.
    ///
    /// As many as there are processors if not given. What is printed does not depend on it.
    #[arg(long, value_name = "N", env = "AITERLINT_THREADS", hide_env_values = true)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=1024), help_heading = "Run")]
    pub threads: Option<u16>,
}

#[derive(Args)]
pub struct SettingsArguments {
    /// The rules that speak, or `all`.
    ///
    /// Replaces what the settings choose. Names are separated by commas, and the flag may be given several times.
    #[arg(long, value_name = "RULE", value_delimiter = ',', value_parser = rule, help_heading = "Rules")]
    pub select: Vec<String>,

    /// Rules that speak besides those.
    ///
    /// Adds to what the settings or --select choose. Names are separated by commas, and the flag may be given several
    /// times.
    #[arg(long, value_name = "RULE", value_delimiter = ',', value_parser = rule, help_heading = "Rules")]
    pub extend_select: Vec<String>,

    /// Rules that stay silent.
    ///
    /// Outweighs every choice, except that a rule named by --select speaks although `all` are ignored. Names are
    /// separated by commas, and the flag may be given several times.
    #[arg(long, value_name = "RULE", value_delimiter = ',', value_parser = rule, help_heading = "Rules")]
    pub ignore: Vec<String>,

    /// The lowest Python the code runs on, such as 3.10.
    ///
    /// If it is given neither here nor in the settings, `requires-python` of the nearest pyproject.toml decides.
    #[arg(long, value_name = "VERSION", value_parser = check_version, help_heading = "Settings")]
    pub target_version: Option<PythonVersion>,

    /// The Python whose packages the code imports: an interpreter or an environment.
    ///
    /// Without it a `.venv` or `venv` folder above each file counts, else the environment that is active
    /// (`VIRTUAL_ENV`, `CONDA_PREFIX`). What imports give is read there, and nothing there is run.
    #[arg(long, value_name = "PATH", help_heading = "Settings")]
    pub python: Option<PathBuf>,

    /// Take the settings from this file alone, or set one: FILE or KEY=VALUE.
    ///
    /// FILE is a pyproject.toml with a `[tool.aiterlint]` table, or any other TOML file with the same keys at its top;
    /// no other settings file is read then. AITERLINT_CONFIG can name it too. KEY=VALUE sets one key on top of the
    /// files, as in `--config rules.reuse-exhausted=warning` or `--config 'exclude=["docs"]'`. The flag may be given
    /// several times.
    #[arg(long, value_name = "FILE|KEY=VALUE", help_heading = "Settings")]
    pub config: Vec<String>,

    /// Read no settings file.
    ///
    /// Every rule is as its page says, and the lowest Python is unknown, unless the command line says otherwise.
    #[arg(long, help_heading = "Settings")]
    pub isolated: bool,
}

impl SettingsArguments {
    /// What decides about settings, without what only `lint` can say. The error says what does not go together.
    pub fn parts(&self) -> Result<(Look, Overrides), String> {
        let (pairs, files): (Vec<&String>, Vec<&String>) = self.config.iter().partition(|text| is_pair(text));
        let look = match (files.as_slice(), self.isolated, std::env::var_os("AITERLINT_CONFIG")) {
            ([file, other, ..], ..) => {
                return Err(format!("--config names two files, `{file}` and `{other}`, and only one can count"));
            }
            ([file], true, _) => return Err(format!("--isolated reads no settings file, and --config names `{file}`")),
            ([file], false, _) => Look::In(PathBuf::from(file)),
            ([], true, _) => Look::Nowhere,
            ([], false, Some(file)) if !file.is_empty() => Look::In(PathBuf::from(file)),
            ([], false, _) => Look::Above,
        };
        let overrides = Overrides {
            select: self.select.clone(),
            extend_select: self.extend_select.clone(),
            ignore: self.ignore.clone(),
            target_version: self.target_version,
            pairs: pairs.into_iter().cloned().collect(),
            ..Overrides::default()
        };
        Ok((look, overrides))
    }
}

impl LintArguments {
    pub fn resolver(&self) -> Result<Resolver, String> {
        let (look, overrides) = self.settings.parts()?;
        let (exclude, force_exclude) = (self.exclude.clone(), self.force_exclude);
        Ok(Resolver::new(look, &Overrides { exclude, force_exclude, error_on: self.error_on, ..overrides }))
    }
}

/// Whether a value of `--config` is a setting and not a file.
fn is_pair(text: &str) -> bool {
    let is_name = |c: char| c.is_alphanumeric() || "-_.\"*/ ".contains(c);
    let key = text.split_once('=').map(|(key, _)| key.trim()).filter(|key| !key.is_empty());
    key.is_some_and(|key| key.chars().all(is_name)) && !std::path::Path::new(text).exists()
}

#[derive(Clone, Copy, ValueEnum)]
pub enum ExplainFormat {
    Text,
    Json,
    Markdown,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum ListFormat {
    Text,
    Json,
}

fn rule(name: &str) -> Result<String, String> {
    let name = name.trim();
    check_rule_name(name).map(|()| name.to_string())
}

/// A format, and the file it goes to; None is standard output.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Output {
    pub format: Format,
    pub path: Option<PathBuf>,
}

/// Reads `sarif` and `sarif=report.sarif`.
#[derive(Clone)]
struct OutputParser;

impl TypedValueParser for OutputParser {
    type Value = Output;

    fn parse_ref(&self, command: &clap::Command, flag: Option<&clap::Arg>, value: &OsStr) -> Result<Output, Error> {
        let text = value.to_string_lossy();
        let (name, path) = match text.split_once('=') {
            Some((name, path)) => (name, Some(path)),
            None => (text.as_ref(), None),
        };
        if path == Some("") {
            let sentence = format!("`{text}` names no file; write `{name}=PATH`");
            return Err(command.clone().error(ErrorKind::ValueValidation, sentence));
        }
        let names = PossibleValuesParser::new(Format::ALL.map(Format::name));
        let name = names.parse_ref(command, flag, OsStr::new(name))?;
        let format = Format::from_name(&name).ok_or_else(|| command.clone().error(ErrorKind::InvalidValue, name))?;
        Ok(Output { format, path: path.map(PathBuf::from) })
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(Format::ALL.iter().map(|format| PossibleValue::new(format.name()))))
    }
}

fn pattern(text: &str) -> Result<String, String> {
    let pattern = text.to_string();
    match Patterns::new(std::path::Path::new(""), std::slice::from_ref(&pattern)) {
        Ok(_) => Ok(pattern),
        Err(_) => Err("this is not a pattern as in .gitignore".to_string()),
    }
}

/// Why something is to be ignored; it becomes the end of a comment.
fn reason(text: &str) -> Result<String, String> {
    match text.find(['\n', '\r', '#']) {
        Some(_) => Err("a reason is one line without `#`".to_string()),
        None => Ok(text.trim().to_string()),
    }
}

fn level() -> impl TypedValueParser<Value = Level> {
    PossibleValuesParser::new(["error", "warning", "info"])
        .try_map(|name| Level::from_name(&name).ok_or("there is no such level"))
}

fn colour() -> impl TypedValueParser<Value = ColorChoice> {
    PossibleValuesParser::new(["auto", "always", "never"]).map(|when| match when.as_str() {
        "always" => ColorChoice::Always,
        "never" => ColorChoice::Never,
        _ => ColorChoice::Auto,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    /// Walks every command and asks each of its flags.
    fn each_flag(command: &clap::Command, ask: &dyn Fn(&clap::Command, &clap::Arg)) {
        command.get_arguments().for_each(|flag| ask(command, flag));
        command.get_subcommands().for_each(|command| each_flag(command, ask));
    }

    #[test]
    fn the_commands_fit_together() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn every_flag_has_a_line_and_more() {
        each_flag(&Arguments::command(), &|command, flag| {
            let name = format!("{} {}", command.get_name(), flag.get_id());
            let short = flag.get_help().unwrap_or_else(|| panic!("{name} has no help")).to_string();
            assert!(!short.contains('\n'), "{name}: {short}");
            let is_plain = matches!(flag.get_id().as_str(), "help" | "version" | "rule" | "path" | "shell" | "folder");
            assert!(is_plain || flag.get_long_help().is_some(), "{name} has no paragraph for --help");
        });
    }
}
