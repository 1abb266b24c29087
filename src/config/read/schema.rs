//! The schema of a settings file, for editors that check and complete TOML: made from the table that the reader uses.

use serde_json::{Map, Value, json};

use super::keys::{KEYS, Key, Takes};
use crate::config::Level;
use crate::files::Gives;
use crate::rules::RULES;

pub fn schema() -> Value {
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Settings of aiterlint",
        "description": "The contents of aiterlint.toml, or of [tool.aiterlint] in pyproject.toml.",
        "type": "object",
        "additionalProperties": false,
        "properties": properties(KEYS.iter()),
        "definitions": {
            "rule": { "type": "string", "enum": RULES.iter().map(|rule| rule.name).collect::<Vec<_>>() },
            "level": { "type": "string", "enum": Level::ALL.map(Level::name) },
            "per-file": {
                "type": "object",
                "additionalProperties": false,
                "properties": properties(KEYS.iter().filter(|key| key.is_per_file())),
            },
        },
    })
}

fn properties<'a>(keys: impl Iterator<Item = &'a Key>) -> Map<String, Value> {
    keys.map(|key| (key.name.to_string(), property(key))).collect()
}

fn property(key: &Key) -> Value {
    let mut shape = shape(key.takes);
    shape["description"] = key.about.into();
    shape
}

fn shape(takes: Takes) -> Value {
    let rule = json!({ "$ref": "#/definitions/rule" });
    match takes {
        Takes::Rules => json!({ "type": "array", "items": { "anyOf": [{ "const": "all" }, rule] } }),
        Takes::Kinds => json!({
            "type": "object",
            "additionalProperties": { "type": "string", "enum": Gives::ALL.map(Gives::name) },
        }),
        Takes::Patterns | Takes::Folders => json!({ "type": "array", "items": { "type": "string" } }),
        Takes::Version => json!({ "type": "string", "pattern": r"^(3\.[0-9]+|py3[0-9]+)$" }),
        Takes::Severity => json!({ "type": "string", "enum": ["error", "warning", "info"] }),
        Takes::Switch => json!({ "type": "boolean" }),
        Takes::File => json!({ "type": "string" }),
        Takes::Levels => json!({
            "type": "object",
            "propertyNames": rule,
            "additionalProperties": { "$ref": "#/definitions/level" },
        }),
        Takes::PerFile => json!({ "type": "object", "additionalProperties": { "$ref": "#/definitions/per-file" } }),
    }
}
