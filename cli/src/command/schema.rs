//! `flagfall schema`: what may stand in a scenario file, for editors. It is made from
//! the options of the command line, as scenario files are read by them.

mod kind;
mod parts;

pub(super) use kind::Kind;

use super::args::Cli;
use super::exit::Failure;
use super::output::Stdout;
use super::scenario_file::nearest;
use clap::{Args, Command, CommandFactory};
use parts::model;
use serde_json::{Map, Value, json};

#[derive(Debug, Args)]
pub(super) struct SchemaArgs {
    /// Only the scenarios of this model
    #[arg(value_name = "MODEL")]
    model: Option<String>,
}

/// Shown at the end of `flagfall schema --help`.
pub(super) const HELP: &str = "\
Save it beside the scenario files, and name it in their first line; Taplo and editors
with it (Even Better TOML for VS Code) then complete keys and mark mistakes:

  flagfall schema > flagfall.schema.json
  flagfall schema taxi > taxi.schema.json

  #:schema ./flagfall.schema.json
  model = \"taxi\"
  fleet = 4";

/// Prints the schema.
pub(super) fn schema(args: &SchemaArgs) -> Result<(), Failure> {
    let schema = schema_of(args.model.as_deref()).map_err(Failure::Usage)?;
    let text = serde_json::to_string_pretty(&schema).expect("values are plain");
    let mut out = Stdout::new();
    out.line(format_args!("{text}"))?;
    out.finish()
}

/// The schema of scenario files of that model, or of all.
fn schema_of(wanted: Option<&str>) -> Result<Value, String> {
    let cli = Cli::command();
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
