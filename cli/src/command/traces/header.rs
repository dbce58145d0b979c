//! The headers of trace files: what was run.

use crate::command::arguments::read_run;
use crate::command::own::AnyModel;
use crate::command::program::Program;
use crate::command::scenario::Scenario;
use crate::words::beginning;
use flagfall::Config;
use flagfall::digest::Digest;
use flagfall::trace::Header;

/// Longer values of ingredients are cut, and have a hash.
const LONGEST: usize = 4_096;

pub(crate) fn header_of(
    model: &AnyModel,
    config: &Config,
    (program, words): (&Program, Vec<String>),
) -> Header {
    // Without `..`, so that a new setting does not compile until it is here.
    let Config {
        seed,
        replication,
        antithetic,
        latency,
        links,
        faults,
        cpus,
        horizon,
        warm_up: _,
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
    let antithetic = antithetic.then(|| ("antithetic", antithetic.to_string()));
    let header = Header::new(words).draws(*draws);
    let program = program.identity().map(|identity| ("program", identity));
    program
        .into_iter()
        .chain(ingredients)
        .chain(horizon)
        .chain(antithetic)
        .fold(header, |header, (name, value)| header.ingredient(name, short(&value)))
}

/// The value, or its beginning and a hash of the whole.
fn short(value: &str) -> String {
    if value.len() <= LONGEST {
        return value.to_owned();
    }
    let mut digest = Digest::new();
    digest.write_bytes(value.as_bytes());
    format!("{}… ({} bytes, {digest})", beginning(value, LONGEST), value.len())
}

/// The scenario that a trace file names. An error says why it cannot be run.
pub(crate) fn scenario_in(header: &Header, program: &Program) -> Result<Scenario, String> {
    let scenario = read_run(program, &header.command).map_err(|why| {
        let (name, command) = (&program.name, header.command.join(" "));
        format!("this {name} does not understand its command, `{name} {command}`: {why}")
    })?;
    if scenario.reads_standard_input() {
        return Err("its run reads standard input, which is gone: record it again with the \
                    input in a file"
            .to_owned());
    }
    Ok(scenario)
}
