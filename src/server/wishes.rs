//! What the user has set in the editor, under `aiterlint`.
//!
//! An editor sends what somebody has typed. What cannot be read is said once and left out; the rest counts.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::config::read::check_rule_name;

/// The name under which editors keep the settings.
pub const SECTION: &str = "aiterlint";

/// Settings of the editor. Settings of the project are in its own files; those named here go on top of them.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Wishes {
    pub enable: bool,
    /// A settings file, in place of those that are found above each file.
    pub config: Option<String>,
    /// An interpreter or the folder of an environment: where installed packages are.
    pub python: Option<String>,
    pub select: Vec<String>,
    pub extend_select: Vec<String>,
    pub ignore: Vec<String>,
    pub diagnostic_mode: Mode,
    pub inlay_hints: bool,
    pub log_level: Loudness,
}

impl Default for Wishes {
    fn default() -> Wishes {
        Wishes {
            enable: true,
            config: None,
            python: None,
            select: Vec::new(),
            extend_select: Vec::new(),
            ignore: Vec::new(),
            diagnostic_mode: Mode::OpenFilesOnly,
            inlay_hints: false,
            log_level: Loudness::Info,
        }
    }
}

/// Which files findings are shown for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Mode {
    OpenFilesOnly,
    Workspace,
}

/// What goes into the log.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Loudness {
    Error,
    Warning,
    Info,
    Debug,
}

impl Wishes {
    /// Reads settings, and says which of them could not be read.
    pub fn read(value: &Value) -> (Wishes, Vec<String>) {
        let (mut good, mut complaints) = (serde_json::Map::new(), Vec::new());
        for (key, value) in value.as_object().into_iter().flatten() {
            // Editors send null for what nobody has set.
            if value.is_null() {
                continue;
            }
            match serde_json::from_value::<Wishes>(json!({ key: value })) {
                Ok(_) => drop(good.insert(key.clone(), value.clone())),
                Err(error) => complaints.push(format!("the setting `{SECTION}.{key}` is left out: {error}")),
            }
        }
        let mut wishes: Wishes = serde_json::from_value(Value::Object(good)).unwrap_or_default();
        let lists = [
            ("select", &mut wishes.select),
            ("extendSelect", &mut wishes.extend_select),
            ("ignore", &mut wishes.ignore),
        ];
        for (key, list) in lists {
            list.retain(|name| {
                let check = check_rule_name(name);
                complaints
                    .extend(check.as_ref().err().map(|error| format!("in the setting `{SECTION}.{key}`: {error}")));
                check.is_ok()
            });
        }
        (wishes, complaints)
    }

    /// The settings in what clients send unasked: by themselves, under their name, or under `settings`.
    pub fn part(mut value: &Value) -> &Value {
        for name in ["settings", SECTION] {
            value = value.get(name).unwrap_or(value);
        }
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_is_left_out() {
        let (wishes, complaints) = Wishes::read(&json!({
            "ignore": ["reuse-exhausted", "never-iterate"], "select": ["x"], "python": null, "inlayHints": "yes",
            "diagnosticMode": "workspace", "other": {"x": 1},
        }));
        let ignore = vec!["reuse-exhausted".to_string()];
        assert_eq!(wishes, Wishes { ignore, diagnostic_mode: Mode::Workspace, ..Wishes::default() });
        assert_eq!(complaints.len(), 3, "{complaints:?}");
        assert!(complaints[0].starts_with("the setting `aiterlint.inlayHints` is left out: invalid type"));
        assert!(complaints[1].starts_with("in the setting `aiterlint.select`: there is no rule `x`"));
        let expected =
            "in the setting `aiterlint.ignore`: there is no rule `never-iterate`; did you mean `never-iterated`?";
        assert_eq!(complaints[2], expected);
        assert_eq!(Wishes::read(&Value::Null), (Wishes::default(), Vec::new()));
    }

    #[test]
    fn settings_come_in_several_wrappings() {
        let bare = json!({"enable": false});
        for value in [json!({"settings": {"aiterlint": bare}}), json!({"aiterlint": bare}), json!({"settings": bare})] {
            assert_eq!(*Wishes::part(&value), bare);
        }
        assert_eq!(*Wishes::part(&bare), bare);
    }
}
