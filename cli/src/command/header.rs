//! What the header of a trace file says was run: written and read back.

use super::args::{BuiltIn, Cli, Command, Common, System};
use super::exit::Failure;
use super::own::program;
use super::system::Runnable;
use clap::Parser;
use flagfall::Config;
use flagfall::digest::Digest;
use flagfall::trace::Header;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Longer values of ingredients are cut and hashed.
const LONGEST: usize = 4_096;

/// The arguments that say what is run: all but where it is recorded. A scenario
/// file is in them with its contents, not by its name.
pub(super) fn words(arguments: &[OsString]) -> Result<Vec<String>, Failure> {
    let mut words = Vec::new();
    let mut given = arguments.iter().skip(1);
    while let Some(word) = given.next() {
        let word = word.to_str().ok_or_else(|| {
            let word = word.to_string_lossy();
            Failure::Usage(format!("`{word}` is not UTF-8, which --record wants: rename the file"))
        })?;
        if word == "--record" {
            given.next();
        } else if !word.starts_with("--record=") {
            words.push(word.to_owned());
        }
    }
    Ok(words)
}

/// What a run depends on, by name.
pub(super) fn of<S: Runnable>(model: &S, config: &Config, words: Vec<String>) -> Header {
    // Without `..`: a new setting does not compile until somebody has decided.
    let Config {
        seed,
        replication,
        latency,
        links,
        faults,
        cpus,
        horizon,
        limits,
        ties,
        event_list: _,
        digest: _,
        ingredients: _,
        digest_of: _,
        draws,
        undeliverable_kept: _,
    } = config;
    let links: Vec<String> =
        links.iter().map(|(from, to, latency)| format!("{from}->{to}={latency}")).collect();
    let ingredients = [
        ("system", model.name().to_owned()),
        ("seed", seed.to_string()),
        ("replication", replication.to_string()),
        ("latency", latency.to_string()),
        ("links", links.join("; ")),
        ("faults", faults.to_string()),
        ("cpus", cpus.map_or_else(|| "as many as tasks".to_owned(), |cpus| cpus.to_string())),
        ("limits", format!("{limits:?}")),
        ("ties", ties.to_string()),
        ("parameters", format!("{model:?}")),
    ];
    let horizon = horizon.map(|horizon| ("horizon", horizon.to_string()));
    let header = Header::new(words).draws(*draws);
    let program = program().identity().map(|identity| ("program", identity));
    program
        .into_iter()
        .chain(ingredients)
        .chain(horizon)
        .fold(header, |header, (name, value)| header.ingredient(name, short(&value)))
}

/// The value, or its beginning and a hash of all of it.
fn short(value: &str) -> String {
    let Some(mut end) = (value.len() > LONGEST).then_some(LONGEST) else { return value.to_owned() };
    while !value.is_char_boundary(end) {
        end -= 1;
    }
    let mut digest = Digest::new();
    digest.write_bytes(value.as_bytes());
    format!("{}… ({} bytes, {digest})", &value[..end], value.len())
}

/// The system that a trace file names; an error says why it cannot be run.
pub(super) fn system(header: &Header) -> Result<System, String> {
    let name = program().name();
    let words = [name].into_iter().chain(header.command.iter().map(String::as_str));
    let system = match Cli::try_parse_from(words) {
        Ok(Cli { command: Command::Run { system } }) => *system,
        Ok(_) => return Err("what it records is not a run".to_owned()),
        Err(error) => {
            let text = error.to_string();
            let first = text.lines().next().unwrap_or_default();
            return Err(format!(
                "this {name} does not understand its command, `{name} {}`: {first}",
                header.command.join(" ")
            ));
        }
    };
    if reads_standard_input(&system) {
        return Err("its run reads standard input, which is gone: record it again with the \
                    input in a file"
            .to_owned());
    }
    Ok(system)
}

pub(super) fn reads_standard_input(system: &System) -> bool {
    files(system).iter().any(|path| path == Path::new("-"))
}

/// The files that a run of a system reads.
pub(super) fn files(system: &System) -> Vec<PathBuf> {
    let own = match system {
        System::BuiltIn(BuiltIn::Taxi(args)) => args.durations_file.iter().cloned().collect(),
        System::BuiltIn(_) => Vec::new(),
        System::Own(own) => own.model.files(),
    };
    let Common { faults, .. } = system.common();
    own.into_iter().chain(faults.iter().cloned()).collect()
}
