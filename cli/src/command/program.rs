//! Which models a command has, and what it is called.

use super::built_in;
use super::own::{Kind, OwnModel};
use super::talk::shell_line;
use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;

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
    own: Vec<Arc<Kind>>,
    built_in: Vec<Arc<Kind>>,
    /// Whether it is flagfall itself, with nothing of one's own.
    is_flagfall: bool,
    /// The command that was given, to be copied into a shell.
    again: String,
}

impl Program {
    /// A command without models.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The command with the built-in models alone.
    pub(crate) fn flagfall() -> Self {
        Self {
            name: "flagfall".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            shown_version: env!("CARGO_PKG_VERSION").to_owned(),
            about: "Deterministic discrete-event simulation: actors in virtual time".to_owned(),
            is_flagfall: true,
            ..Self::default()
        }
        .built_in()
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
        self.own.push(Arc::new(Kind::of::<M>()));
        self
    }

    /// Adds the models that `flagfall` brings along.
    #[must_use]
    pub fn built_in(self) -> Self {
        Self { built_in: built_in::kinds(), ..self }
    }

    /// Is called by the first of those arguments.
    pub(crate) fn called(mut self, arguments: &[OsString]) -> Self {
        if !self.is_flagfall {
            let name = arguments.first().and_then(|word| Path::new(word).file_stem());
            self.name = name.map_or_else(String::new, |name| name.to_string_lossy().into_owned());
            let of_flagfall = concat!("(flagfall ", env!("CARGO_PKG_VERSION"), ")");
            self.shown_version = format!("{} {of_flagfall}", self.version).trim_start().to_owned();
        }
        let words = arguments.iter().skip(1).map(|word| word.to_string_lossy().into_owned());
        self.again = shell_line(&self.name, words);
        self
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The command that was given, to be copied into a shell.
    pub(crate) fn again(&self) -> &str {
        &self.again
    }

    /// A command of this program with those words, to be copied into a shell.
    pub(crate) fn shell_line(&self, words: impl IntoIterator<Item = String>) -> String {
        shell_line(&self.name, words)
    }

    pub(crate) fn is_flagfall(&self) -> bool {
        self.is_flagfall
    }

    pub(crate) fn has_own(&self) -> bool {
        !self.own.is_empty()
    }

    /// All models: those of one's own before the built-in ones.
    pub(crate) fn kinds(&self) -> impl Iterator<Item = &Arc<Kind>> {
        self.own.iter().chain(&self.built_in)
    }

    /// A model to name in examples.
    pub(crate) fn first_model(&self) -> &str {
        self.own.first().map_or("taxi", |kind| kind.name)
    }

    pub(crate) fn find(&self, name: &str) -> Option<&Arc<Kind>> {
        self.kinds().find(|kind| kind.name == name)
    }

    pub(crate) fn shown_version(&self) -> &str {
        &self.shown_version
    }

    /// Name and version, if it is not flagfall itself: what else a run depends on.
    pub(crate) fn identity(&self) -> Option<String> {
        let identity = format!("{} {}", self.name, self.version);
        (!self.is_flagfall).then(|| identity.trim_end().to_owned())
    }

    /// The first line of the help.
    pub(crate) fn about_text(&self) -> String {
        match &self.own[..] {
            [kind] if self.about.is_empty() && self.built_in.is_empty() => kind.about(),
            _ if self.about.is_empty() => Self::flagfall().about,
            _ => self.about.clone(),
        }
    }

    /// A help text with this program's name in its commands. If there are no built-in
    /// models, its examples are of the first model; those that make sense with a
    /// built-in one alone are left out.
    pub(crate) fn help(&self, text: &str) -> String {
        if self.is_flagfall {
            return text.to_owned();
        }
        let built_in = built_in::kinds();
        let options = || built_in.iter().flat_map(|kind| kind.longs());
        let models = || built_in.iter().map(|kind| kind.name);
        let is_example = |line: &str| line.starts_with("  flagfall ");
        let own = |line: &str| {
            if !self.built_in.is_empty() || !is_example(line) {
                return Some(line.to_owned());
            }
            let words = || line.split(|c: char| c.is_whitespace() || c == '=');
            let known = |word: &str| options().any(|option| option == word.trim_start_matches('-'));
            if words().any(known) || line.contains(".snap") {
                return None;
            }
            let name = self.first_model();
            let named = |word: &str| models().any(|model| model == word);
            let words = line.split(' ').map(|word| if named(word) { name } else { word });
            let line = words.collect::<Vec<_>>().join(" ");
            (!models().any(|model| line.contains(model))).then_some(line)
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
