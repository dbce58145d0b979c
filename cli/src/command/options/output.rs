//! How a run is reported that goes on from a snapshot or a fork.

use super::run::RunOptions;
use crate::report::Language;
use clap::Args;

/// How a run is reported whose snapshot stands in a file.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct OutputArgs {
    /// Print JSON instead of text
    #[arg(long)]
    pub(crate) json: bool,
    /// Leave the lists out of the JSON
    #[arg(long, requires = "json")]
    pub(crate) summary: bool,
    /// Language of the systems' own messages [default: that of the saved run]
    #[arg(long, value_name = "LANG", value_enum)]
    pub(crate) lang: Option<Language>,
    /// No summary line on stderr
    #[arg(short, long)]
    pub(crate) quiet: bool,
    /// Say more on stderr
    #[arg(short, long, conflicts_with = "quiet")]
    pub(crate) verbose: bool,
}

impl OutputArgs {
    /// Reports as these options say.
    pub(crate) fn put_into(&self, options: &mut RunOptions) {
        options.json = self.json;
        // What a run did not keep cannot be printed.
        options.summary = self.summary || options.summary && self.json;
        options.lang = self.lang.unwrap_or(options.lang);
        (options.quiet, options.verbose) = (self.quiet, self.verbose);
    }
}
