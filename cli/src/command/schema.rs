//! `flagfall schema`: the JSON schema of scenario files, for editors. It is made from the
//! options of the command line, as a scenario file is read by the same options.

mod parts;

use super::arguments::tree;
use super::options::SchemaArgs;
use super::program::Program;
use super::talk::{Failure, nearest, print};
use clap::Command;
use parts::model;
use serde_json::{Value, json};

pub(crate) fn schema(args: &SchemaArgs, program: &Program) -> Result<(), Failure> {
    let schema = schema_of(program, args.model.as_deref()).map_err(Failure::Usage)?;
    let text = serde_json::to_string_pretty(&schema).expect("values are plain");
    print(|out| writeln!(out, "{text}"))
}

/// The schema of scenario files of one model, or of all.
fn schema_of(program: &Program, wanted: Option<&str>) -> Result<Value, String> {
    let cli = tree(program);
    let run = cli.find_subcommand("run").expect("run is a subcommand");
    let models: Vec<&Command> = run.get_subcommands().collect();
    let mut schema = match wanted {
        Some(wanted) => {
            let names: Vec<&str> = models.iter().map(|model| model.get_name()).collect();
            let found = models.iter().find(|model| model.get_name() == wanted);
            model(
                found.ok_or_else(|| {
                    format!("no model is called {wanted}{}", nearest(wanted, &names))
                })?,
            )
        }
        None => {
            let reference = |model: &&Command| format!("#/$defs/{}", model.get_name());
            let references = models.iter().map(|model| json!({"$ref": reference(model)}));
            let definitions = models.iter().map(|command| (command.get_name(), model(command)));
            json!({
                "description": "A scenario of flagfall: a model, its options, and what a study of it varies.",
                "type": "object",
                "required": ["model"],
                "oneOf": references.collect::<Value>(),
                "$defs": definitions.collect::<Value>(),
            })
        }
    };
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["title"] = json!("flagfall scenario");
    Ok(schema)
}
