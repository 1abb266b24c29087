//! Lets Zed run the language server of aiterlint.

use zed_extension_api::settings::LspSettings;
use zed_extension_api::{Command, Extension, LanguageServerId, Result, Worktree, register_extension, serde_json};

const NAME: &str = "aiterlint";

struct Aiterlint;

impl Extension for Aiterlint {
    fn new() -> Aiterlint {
        Aiterlint
    }

    fn language_server_command(&mut self, _: &LanguageServerId, worktree: &Worktree) -> Result<Command> {
        let named = LspSettings::for_worktree(NAME, worktree).ok().and_then(|settings| settings.binary?.path);
        let command = named.or_else(|| worktree.which(NAME)).ok_or("aiterlint is not on PATH: `pip install aiterlint`")?;
        Ok(Command { command, args: vec!["server".to_string()], env: worktree.shell_env() })
    }

    fn language_server_workspace_configuration(
        &mut self,
        _: &LanguageServerId,
        worktree: &Worktree,
    ) -> Result<Option<serde_json::Value>> {
        Ok(LspSettings::for_worktree(NAME, worktree).ok().and_then(|settings| settings.settings))
    }
}

register_extension!(Aiterlint);
