//! Which models a command has, and what it is called.

use super::OwnModel;
use super::adapter::Kind;
use super::check;
use crate::command::args::built_in_names;
use crate::command::exit::Failure;
use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;
use std::sync::OnceLock;

/// A command with models of one's own.
///
/// # Examples
/// ```no_run
/// # use flagfall_cli::{OwnModel, Program};
/// # use flagfall::{Measures, Simulation};
/// # #[derive(clap::Args)] struct Till {}
/// # impl OwnModel for Till {
/// #     const NAME: &'static str = "till";
/// #     type Handles = ();
/// #     fn start(&self, _: &mut Simulation) {}
/// #     fn measure(&self, _: &Simulation, (): &(), _: &mut Measures) {}
/// # }
/// fn main() -> std::process::ExitCode {
///     Program::new()
///         .version(env!("CARGO_PKG_VERSION"))
///         .about("Queues of a supermarket")
///         .model::<Till>()
///         .built_in()
///         .main(std::env::args_os())
/// }
/// ```
#[derive(Debug, Default)]
pub struct Program {
    name: String,
    version: String,
    /// What `--version` prints behind the name.
    shown_version: String,
    about: String,
    built_in: bool,
    models: Vec<Kind>,
}

/// The command that this process is. The parsers that `clap` derives are functions of
/// types and take no argument, so that the set of models cannot be handed to them.
static PROGRAM: OnceLock<Program> = OnceLock::new();

/// The command that this process is: `flagfall` itself, unless another has begun.
pub(in crate::command) fn program() -> &'static Program {
    PROGRAM.get_or_init(Program::flagfall)
}

impl Program {
    /// A command without models.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The command with the built-in models alone.
    fn flagfall() -> Self {
        Self {
            name: "flagfall".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            shown_version: env!("CARGO_PKG_VERSION").to_owned(),
            about: "Deterministic discrete-event simulation: actors in virtual time".to_owned(),
            built_in: true,
            models: Vec::new(),
        }
    }

    /// Sets the version, which `--version` prints beside flagfall's and which traces
    /// name: `env!("CARGO_PKG_VERSION")`.
    #[must_use]
    pub fn version(self, version: impl Into<String>) -> Self {
        Self { version: version.into(), ..self }
    }

    /// Sets the first line of the help; that of a command with one model is the
    /// model's unless it is set.
    #[must_use]
    pub fn about(self, about: impl Into<String>) -> Self {
        Self { about: about.into(), ..self }
    }

    /// Adds a model.
    #[must_use]
    pub fn model<M: OwnModel>(mut self) -> Self {
        self.models.push(Kind::of::<M>());
        self
    }

    /// Adds the models that `flagfall` brings along.
    #[must_use]
    pub fn built_in(self) -> Self {
        Self { built_in: true, ..self }
    }

    /// Runs the command with those arguments, the program's name first, and returns its
    /// exit code; see [`main_of`](super::main_of).
    ///
    /// A process is one command: it can run again, but not with other models. What no
    /// command line can have (two models of one name, an option that flagfall has) is
    /// told, and the exit code is 2.
    pub fn main(mut self, arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
        let arguments: Vec<OsString> = arguments.into_iter().collect();
        let name = arguments.first().and_then(|word| Path::new(word).file_stem());
        self.name = name.map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let of_flagfall = concat!("(flagfall ", env!("CARGO_PKG_VERSION"), ")");
        self.shown_version = format!("{} {of_flagfall}", self.version).trim_start().to_owned();
        let types = |program: &Self| {
            let kinds = program.models.iter().map(|kind| kind.type_id);
            (program.built_in, kinds.collect::<Vec<_>>())
        };
        let asked = types(&self);
        if types(PROGRAM.get_or_init(|| self)) != asked {
            let text = "this process runs a command with other models already";
            return Failure::Usage(text.to_owned()).report();
        }
        if let Err(mistake) = check::program(program()) {
            return Failure::Usage(mistake).report();
        }
        crate::command::command(arguments)
    }

    pub(in crate::command) fn name(&self) -> &str {
        &self.name
    }

    /// Whether there is nothing of one's own.
    fn is_flagfall(&self) -> bool {
        self.models.is_empty()
    }

    pub(in crate::command) fn has_built_in(&self) -> bool {
        self.built_in
    }

    pub(in crate::command) fn models(&self) -> &[Kind] {
        &self.models
    }

    /// A model to name in examples.
    pub(in crate::command) fn first_model(&self) -> &str {
        self.models.first().map_or("taxi", |kind| kind.name)
    }

    pub(in crate::command) fn find(&self, name: &str) -> Option<&Kind> {
        self.models.iter().find(|kind| kind.name == name)
    }

    pub(in crate::command) fn shown_version(&self) -> &str {
        &self.shown_version
    }

    /// Name and version, if it is not flagfall itself: what else a run depends on.
    pub(in crate::command) fn identity(&self) -> Option<String> {
        let identity = format!("{} {}", self.name, self.version);
        (!self.is_flagfall()).then(|| identity.trim_end().to_owned())
    }

    /// The first line of the help.
    pub(in crate::command) fn about_text(&self) -> String {
        match &self.models[..] {
            [kind] if self.about.is_empty() && !self.built_in => kind.about(),
            _ if self.about.is_empty() => Self::flagfall().about,
            _ => self.about.clone(),
        }
    }

    /// A help text with this program's name in its commands. If there are no built-in
    /// models, its examples are of the first model; those that make sense with a
    /// built-in one alone are left out.
    pub(in crate::command) fn help(&self, text: &str) -> String {
        if self.is_flagfall() {
            return text.to_owned();
        }
        let is_example = |line: &str| line.starts_with("  flagfall ");
        let own = |line: &str| {
            if self.built_in || !is_example(line) {
                return Some(line.to_owned());
            }
            let (models, options) = built_in_names();
            let words = || line.split(|c: char| c.is_whitespace() || c == '=');
            let known =
                |word: &str| options.iter().any(|option| *option == word.trim_start_matches('-'));
            if words().any(known) || line.contains(".snap") {
                return None;
            }
            let name = self.first_model();
            let named = |word: &str| models.iter().any(|model| model == word);
            let words = line.split(' ').map(|word| if named(word) { name } else { word });
            let line = words.collect::<Vec<_>>().join(" ");
            (!models.iter().any(|model| line.contains(model))).then_some(line)
        };
        let lines: Vec<String> = text.lines().filter_map(own).collect();
        let mut text = lines.join("\n");
        // Commands, and not what is said of flagfall itself.
        for before in ["  ", "`", "; ", "| "] {
            let named = format!("{before}{} ", self.name);
            text = text.replace(&format!("{before}flagfall "), &named);
        }
        text
    }
}
