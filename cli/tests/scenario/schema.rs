//! The schema of scenario files says what the command does.

use super::random::FILES;
use super::{Folder, flagfall};
use flagfall_cli::check_scenario;
use serde_json::Value;

fn schema(arguments: &[&str]) -> Value {
    let output = flagfall(&[&["schema"], arguments].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// The text of a scenario as editors hand it to a validator.
fn json_of(text: &str) -> Value {
    fn value_of(value: &toml::Value) -> Value {
        match value {
            toml::Value::String(text) => Value::from(text.as_str()),
            toml::Value::Integer(number) => Value::from(*number),
            toml::Value::Float(number) => Value::from(*number),
            toml::Value::Boolean(on) => Value::from(*on),
            toml::Value::Datetime(time) => Value::from(time.to_string()),
            toml::Value::Array(values) => values.iter().map(value_of).collect(),
            toml::Value::Table(table) => {
                table.iter().map(|(key, value)| (key.clone(), value_of(value))).collect()
            }
        }
    }
    value_of(&toml::Value::Table(text.parse().expect(text)))
}

/// What the schema and the command refuse alike: there is no check of values by others.
const BAD: [&str; 26] = [
    "seed = 1",
    "model = \"taxy\"",
    "model = \"taxi\"\nflet = 2",
    "model = \"taxi\"\nworkers = 2",
    "model = \"taxi\"\nfleet = \"two\"",
    "model = \"taxi\"\nfleet = -1",
    "model = \"taxi\"\nfleet = 5000000000",
    "model = \"taxi\"\ncpus = 0",
    "model = \"taxi\"\nevery = 1",
    "model = \"taxi\"\nevery = \"1 s\"",
    "model = \"taxi\"\nlang = \"de\"",
    "model = \"taxi\"\njson = 1",
    "model = \"taxi\"\nrides = 1\ndurations = [1]",
    "model = \"taxi\"\nreplications = 3\nprecision = 0.1",
    "model = \"taxi\"\nreplications = 0",
    "model = \"taxi\"\nprecision = [\"1%\"]",
    "model = \"taxi\"\nlevel = 1",
    "model = \"taxi\"\ngoal = [\"refused_share < 3%\", \"refused_share\"]",
    "model = \"taxi\"\nbest = \"most\"",
    "model = \"taxi\"\nindifference = 0",
    "model = \"taxi\"\nindifference = 0.1\nreplications = 5",
    "model = \"taxi\"\nindifference = 0.1\nfewest = 5",
    "model = \"taxi\"\nreplications = 5\nmost = 9",
    "model = \"taxi\"\nchance = 0.9\nprecision = \"1%\"",
    "model = \"taxi\"\n[grid]\nfleet = 2",
    "model = \"taxi\"\n[grid]\nfleet = [\"x\"]",
];

#[test]
fn good_files_are_valid_and_bad_ones_are_not() {
    let all = schema(&[]);
    jsonschema::meta::validate(&all).expect("a schema");
    let validator = jsonschema::validator_for(&all).expect("a schema");
    let taxi = jsonschema::validator_for(&schema(&["taxi"])).expect("a schema");
    for text in FILES {
        check_scenario(text).expect(text);
        let scenario = json_of(text);
        assert!(validator.is_valid(&scenario), "{text}");
        assert_eq!(taxi.is_valid(&scenario), text.contains("\"taxi\""), "{text}");
        // What a model writes of itself is in it, too.
        let written = check_scenario(text).expect(text).expect("no files");
        assert!(validator.is_valid(&json_of(&written)), "{written}");
    }
    for text in BAD {
        check_scenario(text).expect_err(text);
        assert!(!validator.is_valid(&json_of(text)), "{text}");
        assert!(!taxi.is_valid(&json_of(text)), "{text}");
    }
    // Flags that are off exclude nothing.
    let off = "model = \"taxi\"\nno-digest = false\ndigest = \"all\"";
    check_scenario(off).expect(off);
    assert!(validator.is_valid(&json_of(off)));
}

#[test]
fn every_option_is_in_it_with_its_words() {
    let all = schema(&[]);
    for model in ["taxi", "parameter-server", "actor-tree", "messages"] {
        let help = String::from_utf8(flagfall(&["run", model, "--help"]).stdout).expect("text");
        let keys = all["$defs"][model]["properties"].as_object().expect("keys");
        let options = help.split_whitespace().filter_map(|word| word.strip_prefix("--"));
        // The list of options alone: each stands at the beginning of its line there.
        for line in help.lines().map(str::trim_start) {
            let option = line.strip_prefix("-q, ").or_else(|| line.strip_prefix("-v, "));
            let Some(option) = option.unwrap_or(line).strip_prefix("--") else {
                continue;
            };
            let name = option.split([' ', '<']).next().expect("a name");
            let known = keys[name]["description"].as_str().expect(name);
            assert!(!known.is_empty(), "{name}");
        }
        assert!(options.count() > 30);
        assert_eq!(keys["model"]["const"], model);
        assert_eq!(keys["seed"]["default"], 42);
        assert_eq!(keys["lang"]["enum"], serde_json::json!(["fr", "en"]));
        assert_eq!(all["$defs"][model], {
            let mut one = schema(&[model]);
            let top = one.as_object_mut().expect("an object");
            top.remove("$schema");
            top.remove("title");
            one
        });
    }
}

#[test]
fn a_scenario_may_name_its_schema() {
    let folder = Folder::new("scenario-directive");
    let text = "#:schema ./flagfall.schema.json\nmodel = \"taxi\"\nfleet = 2\n";
    let output = super::run(&folder.file("day.toml", text), &[]);
    assert!(output.status.success());
    let output = flagfall(&["schema", "taxy"]);
    assert_eq!(output.status.code(), Some(2));
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(error.contains("no model is called taxy: did you mean taxi?"), "{error}");
}
