//! Models as scenarios: what `flagfall run FILE.toml` reads.

use crate::models::Model;
use crate::models::actor_tree::ActorTree;
use crate::models::message_log::MessageLog;
use crate::models::parameter_server::ParameterTraining;
use crate::models::queue::Queue;
use crate::models::taxi_fleet::{Durations, TaxiFleet};
use crate::simulation::{Config, Limits};
use crate::tie::TiePolicy;
use crate::time::{Span, VirtualTime};
use std::fmt::Write;

/// An option and its values; those of a list are in order.
pub type Setting = (&'static str, Vec<String>);

/// A model that the command knows, so that a run of it can be kept in a file and
/// repeated: `flagfall run FILE.toml`.
///
/// # Examples
/// ```
/// use flagfall::models::message_log::MessageLog;
/// use flagfall::{Config, Scenario};
///
/// let text = MessageLog { workers: 2, ..MessageLog::default() }.scenario(&Config::new(7));
/// assert!(text.starts_with("model = \"messages\"\nseed = 7\n"));
/// assert!(text.contains("\nworkers = 2\n"));
/// ```
pub trait Scenario: Model {
    /// The name of the model on the command line.
    fn name(&self) -> &str;

    /// The options that say the same as the parameters.
    fn settings(&self) -> Vec<Setting>;

    /// The scenario file of a run under those settings, in TOML: model, seed and
    /// whatever else decides what happens. What does not (the structure of the
    /// event list, what is digested and shown) is left out.
    fn scenario(&self, config: &Config) -> String {
        written(self.name(), config, self.settings(), |_| false)
    }
}

/// The scenario file of those settings. Flags are true or false.
pub(crate) fn written(
    model: &str,
    config: &Config,
    settings: Vec<Setting>,
    is_flag: impl Fn(&str) -> bool,
) -> String {
    let mut text = format!("model = {}\n", quoted(model));
    for (name, values) in of_config(config).into_iter().chain(settings) {
        let line = match &values[..] {
            [value] if is_flag(name) => value.clone(),
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

/// The settings of a run.
fn of_config(config: &Config) -> Vec<Setting> {
    let mut settings = vec![
        one("seed", &config.seed),
        one("replication", &config.replication),
        one("latency", &config.latency),
    ];
    let links = config.links.iter().map(|(from, to, latency)| format!("{from}->{to}={latency}"));
    settings.push(("link", links.collect()));
    let rules = config.faults.to_string();
    settings.push(("fault", rules.lines().map(str::to_owned).collect()));
    settings.extend(config.cpus.map(|cpus| one("cpus", &cpus)));
    let span = |time: VirtualTime| Span::from_nanos(time.as_nanos());
    settings.extend(config.horizon.map(|horizon| one("horizon", &span(horizon))));
    if config.ties != TiePolicy::InOrder {
        settings.push(one("ties", &config.ties));
    }
    let (limits, none) = (&config.limits, Limits::default());
    let limit = |name, value, default| (value != default).then(|| one(name, &value));
    settings.extend(limit("max-events", limits.events, none.events));
    let per_instant = limits.events_per_instant;
    settings.extend(limit("max-events-per-instant", per_instant, none.events_per_instant));
    settings.extend(limit("max-pending", limits.pending_events, none.pending_events));
    settings.extend(limit("max-mailbox", limits.mailbox_length, none.mailbox_length));
    settings.extend(limit("max-actors", limits.live_actors, none.live_actors));
    if limits.end_time != none.end_time {
        settings.push(one("end-time", &span(limits.end_time)));
    }
    settings.retain(|(_, values)| !values.is_empty());
    settings
}

fn one(name: &'static str, value: &(impl ToString + ?Sized)) -> Setting {
    (name, vec![value.to_string()])
}

/// Whole numbers as they are, everything else as a text.
fn value_of(text: &str) -> String {
    let is_number = text.parse::<i64>().is_ok_and(|number| number.to_string() == text);
    if is_number { text.to_owned() } else { quoted(text) }
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
        let rides = match &self.durations {
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
            one("fleet", &self.fleet),
            ("drivers", self.drivers.clone()),
            one("every", &self.every),
            one("price", &self.price),
            one("commission", &self.commission),
            one("polls", &self.polls),
            one("poll-every", &self.poll_every),
            one("startup", &self.startup),
        ];
        settings.extend(rides);
        settings.extend((!self.warm_up.is_zero()).then(|| one("warm-up", &self.warm_up)));
        settings
    }
}

impl Scenario for ParameterTraining {
    fn name(&self) -> &str {
        "parameter-server"
    }

    fn settings(&self) -> Vec<Setting> {
        vec![
            one("workers", &self.workers),
            one("epochs", &self.epochs),
            one("epoch", &self.epoch),
            one("dimension", &self.dimension),
            one("gradient", &self.gradient),
            one("polls", &self.reads),
            one("every", &self.read_every),
            one("startup", &self.startup),
            one("stagger", &self.stagger),
        ]
    }
}

impl Scenario for ActorTree {
    fn name(&self) -> &str {
        "actor-tree"
    }

    fn settings(&self) -> Vec<Setting> {
        let mut settings = vec![
            one("supervisors", &self.supervisors),
            one("workers", &self.workers),
            one("epochs", &self.epochs),
            one("epoch", &self.epoch),
        ];
        let crash = |(worker, time): &(u32, Span)| format!("{worker}@{time}");
        settings.push(("crash", self.crashes.iter().map(crash).collect()));
        settings.push(if self.script.is_empty() {
            one("done", &self.done)
        } else {
            let states = self
                .script
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
        vec![
            one("workers", &self.workers),
            one("messages", &self.messages),
            one("every", &self.every),
            one("polls", &self.polls),
            one("poll-every", &self.poll_every),
            one("actor-startup", &self.actor_startup),
            one("startup", &self.startup),
            one("stagger", &self.stagger),
        ]
    }
}

impl Scenario for Queue {
    fn name(&self) -> &str {
        "queue"
    }

    fn settings(&self) -> Vec<Setting> {
        vec![
            one("servers", &self.servers),
            one("load", &self.load),
            one("service", &self.service),
            one("service-law", &self.service_law),
            one("customers", &self.customers),
            one("warm-up", &self.warm_up),
        ]
    }
}
