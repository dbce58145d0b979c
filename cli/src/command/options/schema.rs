//! The options of `flagfall schema`.

use clap::Args;

/// Print the JSON schema of scenario files, for editors
#[derive(Debug, Args)]
pub(crate) struct SchemaArgs {
    /// Only the scenarios of this model
    #[arg(value_name = "MODEL")]
    pub(crate) model: Option<String>,
}

pub(crate) const SCHEMA_HELP: &str = "\
Save it beside the scenario files, and name it in their first line; Taplo and editors
with it (Even Better TOML for VS Code) then complete keys and mark mistakes:

  flagfall schema > flagfall.schema.json
  flagfall schema taxi > taxi.schema.json

  #:schema ./flagfall.schema.json
  model = \"taxi\"
  fleet = 4";
