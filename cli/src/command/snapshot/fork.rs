//! `flagfall fork`: several futures of one run.

use super::args::ForkArgs;
use super::ends::Ends;
use super::file::open;
use super::resume::load;
use crate::command::args::{Common, System};
use crate::command::exit::Failure;
use crate::command::output::{Stdout, talk};
use crate::command::own::program;
use crate::command::run::{check_stuck, command_line, summarize, without_panic_messages};
use crate::command::system::{self, Runnable, TypeVisitor, Visitor, visit_type};
use crate::command::values::Ties;
use crate::models::ResumedRun;
use crate::words::counted;
use flagfall::model::Run;
use flagfall::network::Latency;
use flagfall::tie::{TieChoices, TiePolicy};
use flagfall::time::{Span, VirtualTime};
use flagfall::{Config, Origin, Outcome, Simulation, SimulationError};
use std::path::Path;
use std::str::FromStr;
use std::time::Instant;

/// What can be changed in a running simulation.
#[derive(Clone, Debug)]
pub(in crate::command) enum Change {
    Latency(Latency),
    EndTime(Span),
    Horizon(Span),
    Ties(Ties),
    /// The name of the limit, and its value.
    Limit(&'static str, u64),
}

const LIMITS: [&str; 7] = [
    "max-events",
    "max-events-per-instant",
    "max-actors",
    "max-owners",
    "max-names",
    "max-pending",
    "max-mailbox",
];

impl FromStr for Change {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, value) = text.split_once('=').ok_or_else(|| {
            format!("`{text}` is no change: write an option and a value, like latency=5ms")
        })?;
        match name.trim().trim_start_matches("--") {
            "latency" => value.parse().map(Self::Latency).map_err(|error| format!("{error}")),
            "end-time" => value.parse().map(Self::EndTime).map_err(|error| format!("{error}")),
            "horizon" => value.parse().map(Self::Horizon).map_err(|error| format!("{error}")),
            "ties" => value.parse().map(Self::Ties),
            "seed" => Err("a seed is given by --seeds, one for each branch".to_owned()),
            name => match LIMITS.iter().find(|limit| **limit == name) {
                Some(limit) => {
                    let value = value.trim().parse();
                    let value = value.map_err(|_| format!("`{text}`: {name} is a whole number"))?;
                    Ok(Self::Limit(limit, value))
                }
                None => Err(format!(
                    "`{name}` cannot be changed in a running simulation: what can is latency, \
                     horizon, end-time, ties, {}",
                    LIMITS.join(", ")
                )),
            },
        }
    }
}

impl Change {
    /// The option that it changes.
    const fn option(&self) -> &'static str {
        match self {
            Self::Latency(_) => "latency",
            Self::EndTime(_) => "end-time",
            Self::Horizon(_) => "horizon",
            Self::Ties(_) => "ties",
            Self::Limit(name, _) => name,
        }
    }

    /// Whether it can be made after that event.
    fn check(&self, last: u64) -> Result<(), Failure> {
        let Self::Ties(Ties::Policy(TiePolicy::Chosen(choices))) = self else { return Ok(()) };
        match choices.iter().next().filter(|choice| choice.0 <= last) {
            Some((event, candidate)) => Err(Failure::Usage(format!(
                "the choice {event}={candidate} is of an event before the branches begin: they \
                 are the same up to event {last}; branch off earlier, or leave it out"
            ))),
            None => Ok(()),
        }
    }

    fn apply(&self, simulation: &mut Simulation) {
        let mut limits = simulation.config().limits;
        match self {
            Self::Latency(latency) => return simulation.set_latency(latency.clone()),
            Self::Ties(ties) => {
                let policy = ties.policy(simulation.config().seed);
                return simulation.set_ties(policy);
            }
            Self::Horizon(span) => {
                return simulation.set_horizon(Some(VirtualTime::ZERO + *span));
            }
            Self::EndTime(span) => limits.end_time = VirtualTime::ZERO + *span,
            Self::Limit("max-events", most) => limits.events = *most,
            Self::Limit("max-events-per-instant", most) => limits.events_per_instant = *most,
            Self::Limit("max-actors", most) => limits.live_actors = *most,
            Self::Limit("max-owners", most) => limits.owners = *most,
            Self::Limit("max-names", most) => limits.remembered_names = *most,
            Self::Limit("max-pending", most) => limits.pending_events = *most,
            Self::Limit(_, most) => limits.mailbox_length = *most,
        }
        simulation.set_limits(limits);
    }
}

pub(in crate::command) fn fork(mut args: ForkArgs) -> Result<(), Failure> {
    let system = args.system.take();
    let args = &args;
    let (name, first) = (program().name(), program().first_model());
    match (&args.from, system) {
        (Some(path), None) => {
            let mut opened = open(path)?;
            args.output.put_into(opened.system.common_mut());
            visit_type(&opened.system, ForkFile { args, bytes: &opened.bytes, path })
        }
        (None, Some(mut system)) => {
            let Some(at) = args.at else {
                return Err(Failure::Usage(
                    "--at says when to branch off, like --at 5s".to_owned(),
                ));
            };
            let common = system.common_mut();
            if common.json
                || common.trace
                || common.pace.is_some()
                || common.snapshot.file.is_some()
            {
                return Err(Failure::Usage(format!(
                    "how branches are printed is said before the system, like `{name} fork --json \
                     --at 5s {first}`; --trace, --pace and --snapshot are for single runs"
                )));
            }
            args.output.put_into(common);
            system::visit(&system, ForkRun { args, at })
        }
        _ => Err(Failure::Usage(format!(
            "a fork is of a system or of a snapshot: give one, like `{name} fork --at 5s {first}` or \
             `{name} fork --from FILE`"
        ))),
    }
}

impl ForkArgs {
    /// That no branch is another one by mistake, and no change undone by one behind it.
    fn check_twice(&self) -> Result<(), Failure> {
        let twice = |option: &str, value: &dyn std::fmt::Display, remedy: &str| {
            Err(Failure::Usage(format!("{option} has {value} twice: {remedy}")))
        };
        for (at, seed) in self.seeds.iter().enumerate() {
            if self.seeds[..at].contains(seed) {
                return twice("--seeds", seed, "both branches would be one run; give another");
            }
        }
        for (at, change) in self.changes.iter().enumerate() {
            if self.changes[..at].iter().any(|before| before.option() == change.option()) {
                return twice("--set", &change.option(), "leave one of them out");
            }
        }
        Ok(())
    }

    /// What the trunk runs under instead, if its branches have other ties: the same
    /// order, but it is noted who sends what, so that they have all choices.
    fn noting_senders(&self, ties: &TiePolicy) -> Option<TiePolicy> {
        let others = self.changes.iter().any(|change| matches!(change, Change::Ties(_)));
        let wanted = others && *ties == TiePolicy::InOrder;
        wanted.then(|| TiePolicy::Chosen(TieChoices::new()))
    }
}

fn failed(error: SimulationError) -> Failure {
    Failure::Run { error: Box::new(error), again: command_line() }
}

/// Branches of what a snapshot holds.
struct ForkFile<'a> {
    args: &'a ForkArgs,
    bytes: &'a [u8],
    path: &'a Path,
}

impl TypeVisitor for ForkFile<'_> {
    fn visit<S: Runnable>(self, system: &System) -> Result<(), Failure> {
        let ResumedRun { model, handles, mut simulation, .. } = load::<S>(self.bytes, self.path)?;
        if let Some(usual) = self.args.noting_senders(&simulation.config().ties) {
            simulation.set_ties(usual);
        }
        if let Some(at) = self.args.at {
            let at = VirtualTime::ZERO + at;
            if at < simulation.now() {
                return Err(Failure::Usage(format!(
                    "--at {at} is before the snapshot, which is at {}",
                    simulation.now()
                )));
            }
            without_panic_messages(|| go_to(&mut simulation, at))?;
        }
        let branch = || {
            let forked = model.fork_run(&simulation, &handles);
            let (branch, handles) = forked.map_err(|error| Failure::Files(error.to_string()))?;
            Ok((branch, handles, Origin::Copy))
        };
        let common = system.common();
        Branches { args: self.args, model: &model, common, trunk: &simulation }.run(branch)
    }
}

/// Branches of a new run.
struct ForkRun<'a> {
    args: &'a ForkArgs,
    at: Span,
}

impl Visitor for ForkRun<'_> {
    type Output = ();

    fn visit<S: Runnable>(self, model: &S, config: Config, common: &Common) -> Result<(), Failure> {
        let mut config = config;
        config.ties = self.args.noting_senders(&config.ties).unwrap_or(config.ties);
        let begin = || {
            without_panic_messages(|| {
                let mut simulation = Simulation::new(config.clone());
                simulation.register(&S::types());
                let handles = model.start(&mut simulation);
                Ok((simulation, handles))
            })
        };
        let (mut simulation, handles) = begin()?;
        without_panic_messages(|| go_to(&mut simulation, VirtualTime::ZERO + self.at))?;
        let branch = || {
            if !model.is_copied() {
                let (again, handles) = begin()?;
                let branch = simulation.rerun(again);
                let branch = branch.map_err(|error| Failure::Files(error.to_string()))?;
                return Ok((branch, handles, Origin::Rerun));
            }
            let mut again = None;
            let branch = simulation.branch(|| {
                let mut simulation = Simulation::new(config.clone());
                again = Some(model.start(&mut simulation));
                simulation
            });
            let mut branch = branch.map_err(|error| Failure::Files(error.to_string()))?;
            let handles =
                again.unwrap_or_else(|| model.attach(model.keep(&handles), &mut branch.simulation));
            Ok((branch.simulation, handles, branch.origin))
        };
        Branches { args: self.args, model, common, trunk: &simulation }.run(branch)
    }
}

/// Runs to where the branches begin.
fn go_to(simulation: &mut Simulation, at: VirtualTime) -> Result<(), Failure> {
    let horizon = simulation.config().horizon;
    let end = match simulation.run_until(horizon.unwrap_or(at).min(at)).map_err(failed)? {
        Outcome::Reached if simulation.now() < at => {
            return Err(Failure::Usage(format!(
                "the run ends at its horizon, {}, before --at {at}: branch off earlier",
                simulation.now()
            )));
        }
        Outcome::Reached => return Ok(()),
        Outcome::Ended => simulation.now(),
        Outcome::Stuck { .. } => return check_stuck(simulation),
        Outcome::Idle { since } => since,
    };
    Err(Failure::Usage(format!("the run is over at {end}, before --at {at}: branch off earlier")))
}

struct Branches<'a, S> {
    args: &'a ForkArgs,
    model: &'a S,
    common: &'a Common,
    /// What they branch off.
    trunk: &'a Simulation,
}

impl<S: Runnable> Branches<'_, S> {
    fn run(
        self,
        branch: impl Fn() -> Result<(Simulation, S::Handles, Origin), Failure>,
    ) -> Result<(), Failure> {
        let Self { args, model, common, trunk } = &self;
        let seeds = args.seeds.len() as u32;
        let count = args.branches.unwrap_or(if seeds > 0 { seeds } else { 2 });
        if seeds > count {
            return Err(Failure::Usage(format!(
                "{seeds} seeds are more than the {}: give --branches {seeds}, or \
                 fewer seeds",
                counted(count, "branch")
            )));
        }
        args.check_twice()?;
        let (now, event) = (trunk.now(), trunk.events());
        args.changes.iter().try_for_each(|change| change.check(event))?;
        let mut out = Stdout::new();
        let json = args.output.json;
        let mut stuck = Ok(());
        let mut ends = Ends::default();
        for number in 0..count {
            let (mut simulation, handles, origin) = branch()?;
            let seed = args.seeds.get(number as usize);
            seed.into_iter().for_each(|seed| simulation.reseed(*seed));
            args.changes.iter().for_each(|change| change.apply(&mut simulation));
            let by = match origin {
                Origin::Copy => "copy",
                Origin::Rerun => "rerun",
            };
            let start = Instant::now();
            let run = without_panic_messages(|| {
                simulation.run().map_err(failed)?;
                let result = model.collect(&simulation, &handles);
                Ok(Run::of(&simulation, result))
            })?;
            let wall = start.elapsed();
            if let Err(failure) = check_stuck(&simulation) {
                talk(format_args!("note: branch {}: {}", number + 1, failure.text()));
                stuck = stuck.and(Err(failure));
            }
            let config = simulation.config();
            ends.add(number + 1, seed.copied(), run.digest);
            if json {
                let separator = if number == 0 { "" } else { "," };
                out.bytes(separator.as_bytes())?;
                if number == 0 {
                    out.bytes(self.head(by).as_bytes())?;
                }
                let mut object = Vec::new();
                let written = model.json(&mut object, &run, config, common);
                written.map_err(|error| Failure::output(&error))?;
                out.bytes(object.trim_ascii_end())?;
            } else {
                self.text(&mut out, (number, by), &run, config)?;
            }
            if args.output.verbose {
                summarize(self.model.name(), config, &run, wall, false);
            }
        }
        if json {
            out.bytes(b"]}\n")?;
        }
        out.finish()?;
        ends.tell();
        if !args.output.quiet {
            let branches = counted(count, "branch");
            talk(format_args!("{}: {branches} from {now}, event {event}", self.model.name()));
        }
        stuck
    }

    /// How the JSON object begins.
    fn head(&self, by: &str) -> String {
        let (now, event) = (self.trunk.now().as_secs_f64(), self.trunk.events());
        format!(
            "{{\"schema\":\"flagfall/fork/1\",\"at_s\":{now:?},\"event\":{event},\
             \"origin\":\"{by}\",\"branches\":["
        )
    }

    /// Writes what a branch came to, with a line that says which it is.
    fn text(
        &self,
        out: &mut Stdout,
        (number, by): (u32, &str),
        run: &Run<S::Result>,
        config: &Config,
    ) -> Result<(), Failure> {
        let digest = run.digest.map_or_else(|| "off".to_owned(), |digest| digest.to_string());
        let (number, now) = (number + 1, self.trunk.now());
        let ties = Some(config.ties.to_string()).filter(|ties| ties != "fifo");
        let ties = ties.map_or_else(String::new, |ties| format!(", ties {ties}"));
        out.line(format_args!(
            "branch {number}: seed {}, latency {}{ties}, by {by} at {now}, digest {digest}",
            config.seed, config.latency
        ))?;
        out.report(|out| self.model.text(out, run, self.common))
    }
}
