//! Writes models as scenario files, which `flagfall run FILE.toml` reads.

use crate::limits::texts;
use crate::models::actor_tree::ActorTree;
use crate::models::message_log::MessageLog;
use crate::models::parameter_server::ParameterTraining;
use crate::models::queue::Queue;
use crate::models::taxi_fleet::{Durations, TaxiFleet};
use crate::words::whole;
use flagfall::model::Model;
use flagfall::tie::TiePolicy;
use flagfall::time::{Span, VirtualTime};
use flagfall::{Config, Limits};
use std::fmt::Write;

/// An option and its values, in order.
pub type Setting = (&'static str, Vec<String>);

/// A model of the command: a file can hold a run of it, and `flagfall run FILE.toml` repeats it.
///
/// # Examples
/// ```
/// use flagfall_cli::models::message_log::MessageLog;
/// use flagfall::Config;
/// use flagfall_cli::Scenario;
///
/// let text = MessageLog { workers: 2, ..MessageLog::default() }.scenario(&Config::new(7));
/// assert!(text.starts_with("model = \"messages\"\nseed = 7\n"));
/// assert!(text.contains("\nworkers = 2\n"));
/// ```
pub trait Scenario: Model {
    /// The name of the model on the command line.
    fn name(&self) -> &str;

    /// The options that give the parameters.
    ///
    /// A parameter that is not here is lost in every file. Take the parameters apart without
    /// `..`: then a new one does not compile until it is here.
    ///
    /// ```
    /// # use flagfall_cli::scenario::Setting;
    /// # struct Shop { tills: u32, customers: u32 }
    /// # impl Shop {
    /// fn settings(&self) -> Vec<Setting> {
    ///     let Self { tills, customers } = self;
    ///     vec![("tills", vec![tills.to_string()]), ("customers", vec![customers.to_string()])]
    /// }
    /// # }
    /// # assert_eq!(Shop { tills: 2, customers: 100 }.settings()[1].1, ["100"]);
    /// ```
    fn settings(&self) -> Vec<Setting>;

    /// The scenario file of a run with these settings, in TOML: the model, the seed and all
    /// that decides what happens. The rest is left out: the event list, the digest, the output.
    fn scenario(&self, config: &Config) -> String {
        let name = self.name();
        written(name, config, &self.settings(), |_| false)
    }
}

/// The one flag among the settings of runs.
const ANTITHETIC: &str = "antithetic";

/// The scenario file of a model with these settings.
pub(crate) fn written<N: AsRef<str>>(
    model: &str,
    config: &Config,
    settings: &[(N, Vec<String>)],
    is_flag: impl Fn(&str) -> bool,
) -> String {
    let mut text = format!("model = {}\n", quoted(model));
    let of_config = of_config(config);
    let of_config = of_config.iter().map(|(name, values)| (*name, values));
    let of_model = settings.iter().map(|(name, values)| (name.as_ref(), values));
    for (name, values) in of_config.chain(of_model) {
        let line = match &values[..] {
            [value] if is_flag(name) || name == ANTITHETIC => value.clone(),
            [value] => value_of(value),
            values => {
                let values: Vec<String> = values.iter().map(|value| value_of(value)).collect();
                format!("[{}]", values.join(", "))
            }
        };
        writeln!(text, "{name} = {line}").expect("a string takes everything");
    }
    text
}

/// The settings that decide what happens in a run. Here and in the models below there is no `..`:
/// a new field does not compile until it is in the list.
fn of_config(config: &Config) -> Vec<Setting> {
    let Config {
        seed,
        replication,
        antithetic,
        latency,
        links,
        faults,
        cpus,
        horizon,
        // A model sets it, by an option of its own.
        warm_up: _,
        limits,
        ties,
        event_list: _,
        digest: _,
        ingredients: _,
        digest_of: _,
        draws: _,
        undeliverable_kept: _,
    } = config;
    let mut settings =
        vec![one("seed", seed), one("replication", replication), one("latency", latency)];
    settings.extend(antithetic.then(|| one(ANTITHETIC, antithetic)));
    let links = links.iter().map(|(from, to, latency)| format!("{from}->{to}={latency}"));
    settings.push(("link", links.collect()));
    let rules = faults.to_string();
    settings.push(("fault", rules.lines().map(str::to_owned).collect()));
    settings.extend(cpus.map(|cpus| one("cpus", &cpus)));
    let span = |time: VirtualTime| Span::from_nanos(time.as_nanos());
    settings.extend(horizon.map(|horizon| one("horizon", &span(horizon))));
    if *ties != TiePolicy::InOrder {
        settings.push(one("ties", ties));
    }
    settings.extend(of_limits(limits));
    settings.retain(|(_, values)| !values.is_empty());
    settings
}

/// The same as names and values, without seed and replication.
pub(crate) fn of_run(config: &Config) -> impl Iterator<Item = (String, String)> {
    let shown =
        of_config(config).into_iter().filter(|(name, _)| !["seed", "replication"].contains(name));
    shown.map(|(name, values)| (name.to_owned(), values.join(", ")))
}

/// The limits that are not the usual ones.
fn of_limits(limits: &Limits) -> Vec<Setting> {
    let usual = texts(&Limits::default());
    let unusual = texts(limits).into_iter().filter(|text| !usual.contains(text));
    unusual.map(|(name, value)| (name, vec![value])).collect()
}

fn one(name: &'static str, value: &(impl ToString + ?Sized)) -> Setting {
    (name, vec![value.to_string()])
}

/// A whole number as it is, all else as a string.
fn value_of(text: &str) -> String {
    if whole(text).is_some() { text.to_owned() } else { quoted(text) }
}

/// A basic string of TOML.
fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for letter in text.chars() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            letter if letter.is_control() => {
                write!(quoted, "\\u{:04X}", u32::from(letter)).expect("a string takes everything");
            }
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

impl Scenario for TaxiFleet {
    fn name(&self) -> &str {
        "taxi"
    }

    fn settings(&self) -> Vec<Setting> {
        let Self {
            drivers,
            fleet,
            durations,
            every,
            price,
            commission,
            polls,
            poll_every,
            startup,
            // Only what is shown.
            keep_polls: _,
            warm_up,
        } = self;
        let rides = match durations {
            Durations::Given(durations) if durations.is_empty() => vec![one("rides", &0)],
            Durations::Given(durations) => {
                vec![("durations", durations.iter().map(ToString::to_string).collect())]
            }
            Durations::Drawn { rides, seconds } => vec![
                one("rides", &rides),
                one("ride-seconds", &format!("{}..={}", seconds.start(), seconds.end())),
            ],
        };
        let mut settings = vec![
            one("fleet", fleet),
            ("drivers", drivers.clone()),
            one("every", every),
            one("price", price),
            one("commission", commission),
            one("polls", polls),
            one("poll-every", poll_every),
            one("startup", startup),
        ];
        settings.extend(rides);
        settings.extend((!warm_up.is_zero()).then(|| one("warm-up", warm_up)));
        settings
    }
}

impl Scenario for ParameterTraining {
    fn name(&self) -> &str {
        "parameter-server"
    }

    fn settings(&self) -> Vec<Setting> {
        let Self {
            workers,
            epochs,
            epoch,
            dimension,
            gradient,
            reads,
            read_every,
            startup,
            stagger,
        } = self;
        vec![
            one("workers", workers),
            one("epochs", epochs),
            one("epoch", epoch),
            one("dimension", dimension),
            one("gradient", gradient),
            one("polls", reads),
            one("every", read_every),
            one("startup", startup),
            one("stagger", stagger),
        ]
    }
}

impl Scenario for ActorTree {
    fn name(&self) -> &str {
        "actor-tree"
    }

    fn settings(&self) -> Vec<Setting> {
        let Self { supervisors, workers, epochs, epoch, crashes, done, script } = self;
        let mut settings = vec![
            one("supervisors", supervisors),
            one("workers", workers),
            one("epochs", epochs),
            one("epoch", epoch),
        ];
        let crash = |(worker, time): &(u32, Span)| format!("{worker}@{time}");
        settings.push(("crash", crashes.iter().map(crash).collect()));
        settings.push(if script.is_empty() {
            one("done", done)
        } else {
            let states = script
                .iter()
                .map(|line| line.iter().map(|state| state.as_str()).collect::<Vec<_>>().join(","));
            one("states", &states.collect::<Vec<_>>().join(";"))
        });
        settings.retain(|(_, values)| !values.is_empty());
        settings
    }
}

impl Scenario for MessageLog {
    fn name(&self) -> &str {
        "messages"
    }

    fn settings(&self) -> Vec<Setting> {
        let Self { workers, messages, every, polls, poll_every, actor_startup, startup, stagger } =
            self;
        vec![
            one("workers", workers),
            one("messages", messages),
            one("every", every),
            one("polls", polls),
            one("poll-every", poll_every),
            one("actor-startup", actor_startup),
            one("startup", startup),
            one("stagger", stagger),
        ]
    }
}

impl Scenario for Queue {
    fn name(&self) -> &str {
        "queue"
    }

    fn settings(&self) -> Vec<Setting> {
        let Self { servers, load, service, service_law, customers, warm_up } = self;
        vec![
            one("servers", servers),
            one("load", load),
            one("service", service),
            one("service-law", service_law),
            one("customers", customers),
            one("warm-up", warm_up),
        ]
    }
}
