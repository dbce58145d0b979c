//! `flagfall schema`: what may stand in a scenario file, for editors. It is made from
//! the options of the command line, as scenario files are read by them.

mod parts;

use super::arguments::tree;
use super::options::SchemaArgs;
use super::program::Program;
use super::talk::{Failure, nearest, print};
use clap::Command;
use parts::model;
use serde_json::{Map, Value, json};

/// Prints the schema.
pub(crate) fn schema(args: &SchemaArgs, program: &Program) -> Result<(), Failure> {
    let schema = schema_of(program, args.model.as_deref()).map_err(Failure::Usage)?;
    let text = serde_json::to_string_pretty(&schema).expect("values are plain");
    print(|out| writeln!(out, "{text}"))
}

/// The schema of scenario files of that model, or of all.
fn schema_of(program: &Program, wanted: Option<&str>) -> Result<Value, String> {
    let cli = tree(program);
    let run = cli.find_subcommand("run").expect("run is a subcommand");
    let models: Vec<&Command> = run.get_subcommands().collect();
    let of = "A scenario of flagfall: a model, its options, and what a study of it varies.";
    let mut schema = Map::new();
    schema.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
    schema.insert("title".to_owned(), json!("flagfall scenario"));
    if let Some(wanted) = wanted {
        let names: Vec<&str> = models.iter().map(|model| model.get_name()).collect();
        let Some(command) = models.iter().find(|model| model.get_name() == wanted) else {
            return Err(format!("no model is called {wanted}{}", nearest(wanted, &names)));
        };
        schema.extend(model(command));
        return Ok(Value::Object(schema));
    }
    schema.insert("description".to_owned(), json!(of));
    schema.insert("type".to_owned(), json!("object"));
    schema.insert("required".to_owned(), json!(["model"]));
    let references =
        models.iter().map(|model| json!({"$ref": format!("#/$defs/{}", model.get_name())}));
    schema.insert("oneOf".to_owned(), references.collect());
    let definitions: Map<String, Value> = models
        .iter()
        .map(|command| (command.get_name().to_owned(), Value::Object(model(command))))
        .collect();
    schema.insert("$defs".to_owned(), Value::Object(definitions));
    Ok(Value::Object(schema))
}
