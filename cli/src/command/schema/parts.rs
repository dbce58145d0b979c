//! Parts of a schema: models, options, values.

use crate::command::given;
use crate::command::options::{ValueKind, choices, is_repeatable, refusal};
use crate::command::scenario_file::{KEYS, exclude_each_other, study_options};
use clap::{Arg, Command};
use serde_json::{Map, Value, json};

/// One or more numbers with units, as `Span` reads them.
const SPAN: &str = r"^\s*(0|(([0-9]+\.?[0-9]*|\.[0-9]+)(ns|us|µs|ms|s|min|m|h|d))+)\s*$";
const WHOLE: &str = r"^[+-]?[0-9]+$";
/// A measure, one sign, and a limit that begins with a digit.
const GOAL: &str = r"^\s*[^<>=\s][^<>=]*(<|<=|>|>=)\s*[+-]?[.0-9][^<>=]*$";

/// The scenarios of one model.
pub(crate) fn model(system: &Command) -> Value {
    let about = system.get_about().map(ToString::to_string).unwrap_or_default();
    let name = system.get_name();
    let options: Vec<&Arg> =
        system.get_arguments().filter(|argument| argument.get_long().is_some()).collect();
    let long = |argument: &Arg| argument.get_long().unwrap_or_default().to_owned();
    let mut keys = Map::new();
    keys.insert("model".to_owned(), json!({"const": name, "description": about}));
    keys.extend(options.iter().map(|argument| (long(argument), option(argument))));
    let varied = options.iter().filter(|argument| argument.get_action().takes_values());
    let factors: Value = varied.map(|argument| (long(argument), factor(argument))).collect();
    let grid = json!({
        "description": "Options that a study varies, each with its levels: `flagfall sweep` runs \
                        every combination",
        "type": "object",
        "properties": factors,
        "additionalProperties": false,
    });
    keys.insert("grid".to_owned(), grid);
    keys.extend(study().into_iter().map(|(key, schema)| (key.to_owned(), schema)));
    let mut excluded = Vec::new();
    for (number, one) in KEYS.iter().enumerate() {
        let others = KEYS[number + 1..].iter();
        let others = others.filter(|other| exclude_each_other(system, one, other));
        excluded.extend(others.map(|other| json!({"not": {"required": [one, other]}})));
    }
    for (number, one) in options.iter().enumerate() {
        let others = options[number + 1..].iter();
        let others = others.filter(|other| exclude_each_other(system, &long(one), &long(other)));
        excluded.extend(others.map(|other| exclusion(one, other)));
    }
    json!({
        "description": about,
        "type": "object",
        "required": ["model"],
        "properties": keys,
        "additionalProperties": false,
        "allOf": excluded,
    })
}

/// Two options cannot stand together; but a flag that is false counts as not there.
fn exclusion(one: &Arg, other: &Arg) -> Value {
    let names = [one.get_long(), other.get_long()];
    let flags =
        [one, other].into_iter().filter(|argument| ValueKind::of(argument) == ValueKind::Flag);
    let on: Map<String, Value> = flags
        .filter_map(|flag| Some((flag.get_long()?.to_owned(), json!({"const": true}))))
        .collect();
    if on.is_empty() {
        return json!({"not": {"required": names}});
    }
    json!({"not": {"required": names, "properties": on}})
}

/// A key of the top level.
fn option(argument: &Arg) -> Value {
    let mut schema = level(argument);
    if is_repeatable(argument) {
        let mut item = schema.clone();
        if let Some(delimiter) = argument.get_value_delimiter() {
            item["pattern"] = json!(format!("^[^{delimiter}]*$"));
        }
        schema = json!({"anyOf": [schema, {"type": "array", "items": item}]});
    }
    let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
    schema["description"] = json!(help);
    if let Some(default) = default(argument) {
        schema["default"] = default;
    }
    schema
}

/// A key of the grid: an option with its levels.
fn factor(argument: &Arg) -> Value {
    let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
    json!({
        "description": format!("Levels of: {help}"),
        "type": "array",
        "minItems": 1,
        "uniqueItems": true,
        "items": level(argument),
    })
}

/// One value of an option.
fn level(argument: &Arg) -> Value {
    match ValueKind::of(argument) {
        ValueKind::Flag => json!({"type": "boolean"}),
        ValueKind::Choice => json!({"enum": choices(argument, true)}),
        ValueKind::Whole { least, most } => {
            // The parser may have narrower bounds than its type.
            let least = if least == 0 && refusal(argument, "0").is_some() { 1 } else { least };
            let mut schema =
                json!({"type": ["integer", "string"], "pattern": WHOLE, "minimum": least});
            if refusal(argument, &most.to_string()).is_none() {
                schema["maximum"] = json!(most);
            }
            schema
        }
        ValueKind::Number => json!({"type": ["number", "string"]}),
        // A bare 0 needs no unit.
        ValueKind::Span => json!({
            "type": ["string", "integer"], "pattern": SPAN, "minimum": 0, "maximum": 0
        }),
        // A number is always that number.
        ValueKind::Distribution | ValueKind::Arrivals | ValueKind::Schedule => {
            json!({"type": ["string", "number"]})
        }
        ValueKind::Path => json!({"type": "string"}),
        ValueKind::Text | ValueKind::Other if is_repeatable(argument) => {
            json!({"type": ["string", "number"]})
        }
        ValueKind::Text if argument.get_value_delimiter().is_none() => {
            json!({"type": ["string", "number"]})
        }
        ValueKind::Text | ValueKind::Other => json!({
            "type": ["string", "number", "array"], "items": {"type": ["string", "number"]}
        }),
    }
}

fn default(argument: &Arg) -> Option<Value> {
    let kind = ValueKind::of(argument);
    if kind == ValueKind::Flag {
        return Some(json!(false));
    }
    let [text] = argument.get_default_values() else { return None };
    let text = text.to_str()?;
    Some(match kind {
        ValueKind::Whole { .. } => text.parse::<i64>().map_or_else(|_| json!(text), |n| json!(n)),
        ValueKind::Number => text.parse::<f64>().map_or_else(|_| json!(text), |n| json!(n)),
        _ => json!(text),
    })
}

/// The keys of a study besides the grid: options of `sweep`.
fn study() -> Vec<(&'static str, Value)> {
    let options = study_options();
    let schema = |key| {
        let argument = given::option(&options, key).expect("a key is an option");
        let mut schema = option(argument);
        match key {
            "precision" => schema = one_value(schema),
            "indifference" => schema["exclusiveMinimum"] = json!(0),
            "level" | "chance" => {
                schema["exclusiveMinimum"] = json!(0);
                schema["exclusiveMaximum"] = json!(1);
            }
            "goal" => schema["anyOf"] = one_or_more(&json!({"type": "string", "pattern": GOAL})),
            "of" => schema["anyOf"] = one_or_more(&json!({"type": "string"})),
            _ => {}
        }
        (key, schema)
    };
    KEYS.map(schema).to_vec()
}

/// A value or a list of such values.
fn one_or_more(value: &Value) -> Value {
    json!([value, {"type": "array", "items": value}])
}

/// The schema of an option, of which a list is no value.
fn one_value(mut schema: Value) -> Value {
    schema["type"] = json!(["string", "number"]);
    if let Some(schema) = schema.as_object_mut() {
        schema.remove("items");
    }
    schema
}
