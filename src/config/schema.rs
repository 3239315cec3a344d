//! The JSON Schema of `pushlint.toml`, for editors: `schemas/config.schema.json` is what this makes.
//!
//! The keys stand here a second time, with their descriptions; a test holds them to those that are read.

use serde_json::{Map, Value, json};

use crate::rules;

/// Where the schema of the newest version lies.
pub const SCHEMA_URI: &str =
    "https://raw.githubusercontent.com/pushlint/pushlint/main/schemas/config.schema.json";

/// The schema.
pub fn schema() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_URI,
        "title": "pushlint.toml",
        "description": "What pushlint reports on in a project, and how it counts.",
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "baseline": {
                "description": "The baseline, relative to this file: what it knows is not reported.",
                "$ref": "#/$defs/word",
            },
            "exclude": {
                "description": "Nothing is reported on these files.",
                "$ref": "#/$defs/patterns",
                "default": [],
            },
            "fail-on": {
                "description": "From which level on findings make the exit status 1.",
                "enum": ["error", "warning", "note", "never"],
                "default": "warning",
            },
            "min-confidence": {
                "description": "Findings that are less sure are dropped.",
                "enum": ["low", "medium", "high"],
                "default": "low",
            },
            "overrides": {
                "description": "What holds for some files only; of several for one file the last counts.",
                "type": "array",
                "items": {
                    "type": "object",
                    "additionalProperties": false,
                    "required": ["paths", "rules"],
                    "properties": {
                        "paths": { "description": "The files.", "$ref": "#/$defs/patterns", "minItems": 1 },
                        "rules": { "$ref": "#/$defs/rules" },
                    },
                },
            },
            "project": {
                "description": "What pushlint should know of the project.",
                "type": "object",
                "additionalProperties": false,
                "properties": {
                    "deployment-target": {
                        "description": "The oldest iOS that the app runs on, such as \"15.0\".",
                        "type": "string",
                        "pattern": "^[0-9]{1,4}([.][0-9]{1,4})?$",
                    },
                },
            },
            "reporters": {
                "description": "Calls of which pushlint cannot see whether they report.",
                "type": "array",
                "items": {
                    "type": "object",
                    "additionalProperties": false,
                    "required": ["call", "means"],
                    "properties": {
                        "call": {
                            "description": "`Type.method`, `Type.method(labels:)`, `method(labels:)` or `Type.*`.",
                            "type": "string",
                            "pattern": "^([^\\s().:*]+[.])?[^\\s().:*]+([(]([^\\s().:*]+:)*[)])?$|^[^\\s().:*]+[.][*]$",
                        },
                        "means": {
                            "description": "It reports, never does, or calls back methods of the app that must.",
                            "enum": ["reports", "never", "calls-back"],
                        },
                        "methods": {
                            "description": "For \"calls-back\": the methods of the app that it calls.",
                            "type": "array",
                            "items": { "type": "string", "pattern": "^[^\\s().:*]+[(]([^\\s().:*]+:)*[)]$" },
                        },
                    },
                    "if": { "properties": { "means": { "const": "calls-back" } } },
                    "then": { "required": ["methods"], "properties": { "methods": { "minItems": 1 } } },
                    "else": { "properties": { "methods": { "maxItems": 0 } } },
                },
            },
            "rules": { "$ref": "#/$defs/rules" },
        },
        "$defs": {
            "patterns": {
                "description": "Patterns of .gitignore, relative to the folder of this file.",
                "type": "array",
                "items": { "$ref": "#/$defs/word" },
            },
            "word": { "type": "string", "pattern": "\\S" },
            "rules": {
                "description": "Rules by id.",
                "type": "object",
                "additionalProperties": false,
                "properties": rules_by_id(),
            },
            "level": {
                "description": "A level for all findings of the rule, \"on\" for the levels that it gives itself, or \"off\".",
                "enum": ["error", "warning", "note", "on", "off"],
            },
        },
    })
}

fn rules_by_id() -> Map<String, Value> {
    let of_rule = |page: &rules::page::Page| {
        let default = if page.meta.enabled { "on" } else { "off" };
        let rule = json!({
            "description": format!("{} (usually {})", page.meta.title, page.meta.level.word()),
            "$ref": "#/$defs/level",
            "default": default,
        });
        (page.meta.id.clone(), rule)
    };
    rules::pages().iter().map(of_rule).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::read::{KEYS, OVERRIDE_KEYS, PROJECT_KEYS, REPORTER_KEYS};

    fn keys(value: &Value) -> Vec<&str> {
        value["properties"].as_object().unwrap().keys().map(String::as_str).collect()
    }

    #[test]
    fn the_keys_of_the_schema_are_those_that_are_read() {
        let schema = schema();
        let properties = &schema["properties"];
        assert_eq!(keys(&schema), KEYS);
        assert_eq!(keys(&properties["overrides"]["items"]), OVERRIDE_KEYS);
        assert_eq!(keys(&properties["project"]), PROJECT_KEYS);
        assert_eq!(keys(&properties["reporters"]["items"]), REPORTER_KEYS);
        assert_eq!(keys(&schema["$defs"]["rules"]), rules::ids().collect::<Vec<_>>());
    }
}
