//! Fault plans as data.

use super::Latency;
use super::rule::{Factor, Kind, LinkFaults, Rule, Since, Window};
use super::slow::end_of_work;
use crate::actor::Pattern;
use crate::time::{Span, VirtualTime};
use std::fmt;
use std::ops::Range;

/// The faults of a run: a list of rules, one per line.
///
/// A plan is built with these methods or read from text. It prints as text that is read
/// as the same plan. [`Config::faults`](crate::Config::faults) sets it, and
/// `--faults FILE` on the command line.
///
/// | rule | what it does |
/// |---|---|
/// | `link A -> B latency 40ms` | messages from A to B have that latency: any [`Latency`] |
/// | `link A -> B bandwidth 1MB/s` | messages are transmitted one after the other, each as long as its bytes take |
/// | `link A -> B size 1500B` | every message takes that many bytes of the bandwidth |
/// | `link A -> B loss 0.1` | a message is lost with probability 0.1 |
/// | `link A -> B duplicate 0.1` | a message arrives twice with probability 0.1 |
/// | `partition A,B \| C from 10s to 20s` | messages from one side to the other are lost |
/// | `crash A at 30s` | an actor of that name that lives then dies |
/// | `crash A after exponential:1h` | an actor dies at that age, drawn again for each of its lives |
/// | `slow A by 2.5 from 10s to 20s` | its holds and rests go on at 1/2.5 of the speed |
///
/// A to C are [`Pattern`]s. A `link` rule can combine its parts, and can end with a time, as
/// `partition` and `slow` do. A time without `to` lasts for ever; a rule without `from`
/// always applies. If several rules set the same part of a link or an actor, **the last rule
/// that applies counts**: write the general rules first and the exceptions below. A `#`
/// starts a comment.
///
/// # What is subject to it
///
/// Faults affect messages that travel by a link: messages sent by
/// [`Context::send`](crate::Context::send), requests, their answers, interrupts. Every
/// pair of a sender and a receiver has its own link in each direction, also if one
/// pattern matches many. Other messages use no link and are never lost: messages with
/// their own delay (`send_after`), timers, holds, messages from outside, and messages of
/// an actor to itself. Kills, notices of deaths and the start of tasks use another service
/// than messages, as in real systems. They have the latency of the configuration, and a
/// plan does not affect them.
///
/// - **Loss is silent.** If a request or its answer is lost, the sender of the request
///   waits for ever, or until the receiver dies. Ask with a timeout
///   ([`Process::timeout`](crate::Process::timeout),
///   [`Context::set_timer`](crate::Context::set_timer)).
///   [`Simulation::unanswered`](crate::Simulation::unanswered) lists both cases.
/// - **The time of sending counts.** A message that is under way when a partition begins
///   arrives. A lost message also keeps its link busy.
/// - **A copy** has its own latency, does not keep the link busy again, and may arrive
///   before or after any other message. Requests, answers and messages without a copy
///   ([`Message::duplicate`](trait@crate::Message)) are never doubled. Messages that are
///   no copies keep their order per sender and receiver.
/// - **A crash** is a death with the cause [`Crashed`](crate::DeathCause::Crashed): the
///   actors that it owns die, too, and requests to it fail. It is an event: a run ends only
///   after the crashes of all actors that were spawned. A plan restarts no actor. A
///   [supervisor](crate::supervision) does, because a crash is a failure. For each life,
///   ages of crashes are drawn again, and later given times still apply.
/// - **Answers** of [`Context::reply`](crate::Context::reply) are no messages, so their
///   contents have no size: each takes the bytes of its type, unless the rule has a `size`.
/// - **Records:** lost messages and copies are recorded
///   ([`RecordKind::Lost`](crate::RecordKind::Lost),
///   [`Duplicated`](crate::RecordKind::Duplicated)) and counted
///   ([`Counts`](crate::Counts)).
///
/// # Randomness
///
/// Each link has its own streams: for losses, for copies, for latencies. Each actor draws
/// its crashes from its own stream. A rule never changes the draws of another link or
/// actor, or of another part of the same link. So runs with and without it can be compared.
///
/// # Cost
///
/// A plan without rules for links does not make sending slower. With such rules, each
/// message costs a few look-ups and a pass through the rules that match its link. Each
/// such link costs less than 1 kB. Paths are matched once for each link and each actor.
///
/// # Examples
/// This example loses messages, and shows that a protocol tolerates it. The sender repeats
/// messages that were not acknowledged:
/// ```
/// use flagfall::{Actor, ActorRef, Config, Context, FaultPlan, Message, Simulation, Span, Timer};
///
/// #[derive(Debug, Message)]
/// enum Call { Order(ActorRef<Reply>) }
/// #[derive(Debug, Message)]
/// enum Reply { Taken, TryAgain }
///
/// #[derive(Default)]
/// struct Kitchen { orders: u32 }
/// impl Actor for Kitchen {
///     type Message = Call;
///     fn handle(&mut self, Call::Order(from): Call, context: &mut Context<'_, Call>) {
///         self.orders += 1;
///         context.send(&from, Reply::Taken);
///     }
/// }
///
/// struct Guest { kitchen: ActorRef<Call>, patience: Option<Timer>, tries: u32 }
/// impl Actor for Guest {
///     type Message = Reply;
///     fn handle(&mut self, reply: Reply, context: &mut Context<'_, Reply>) {
///         match reply {
///             Reply::TryAgain => {
///                 self.tries += 1;
///                 let me = context.me();
///                 context.send(&self.kitchen, Call::Order(me));
///                 self.patience = Some(context.set_timer(Span::from_mins(1), Reply::TryAgain));
///             }
///             Reply::Taken => {
///                 self.patience.take().map(|timer| context.cancel(timer));
///             }
///         }
///     }
/// }
///
/// let plan: FaultPlan = "
///     link guest -> kitchen  loss 0.5           # half of all orders are forgotten,
///     partition guest | kitchen  from 0s to 5m  # and at first nothing is heard
/// ".parse()?;
///
/// let mut simulation = Simulation::new(Config::new(42).faults(plan));
/// let kitchen = simulation.spawn("kitchen", Kitchen::default());
/// let guest = simulation.spawn("guest", Guest { kitchen: *kitchen, patience: None, tries: 0 });
/// simulation.send(&guest, Reply::TryAgain);
/// simulation.run()?;
///
/// let tries = simulation.inspect::<Guest>(&guest).map_or(0, |guest| guest.tries);
/// assert!(tries > 5);
/// assert_eq!(simulation[&kitchen].orders, 1);
/// assert_eq!(simulation.counts().lost, u64::from(tries) - 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Default)]
pub struct FaultPlan {
    rules: Vec<Rule>,
}

impl FaultPlan {
    /// A plan without faults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a rule for the links from some actors to others, unless the rule has no parts.
    #[must_use]
    pub fn link(
        self,
        from: impl Into<Pattern>,
        to: impl Into<Pattern>,
        faults: LinkFaults,
    ) -> Self {
        if faults == LinkFaults::new() {
            return self;
        }
        self.rule(Rule(Kind::Link { from: from.into(), to: to.into(), faults }))
    }

    /// Adds a partition: while it lasts, messages between the two sides are lost, in
    /// both directions.
    ///
    /// # Panics
    /// If the range is empty, or a side has no pattern.
    ///
    /// # Examples
    /// ```
    /// use flagfall::FaultPlan;
    ///
    /// let (from, to) = ("10s".parse()?, "20s".parse()?);
    /// let plan = FaultPlan::new().partition(["driver", "shop/**"], ["bank"], from..to);
    /// assert_eq!(plan.to_string(), "partition driver,shop/** | bank from 10s to 20s");
    /// # Ok::<(), flagfall::time::ParseTimeError>(())
    /// ```
    #[must_use]
    pub fn partition<P: Into<Pattern>>(
        self,
        one: impl IntoIterator<Item = P>,
        other: impl IntoIterator<Item = P>,
        range: Range<VirtualTime>,
    ) -> Self {
        let sides: [Vec<Pattern>; 2] = [
            one.into_iter().map(Into::into).collect(),
            other.into_iter().map(Into::into).collect(),
        ];
        let named = sides.iter().all(|side| !side.is_empty());
        assert!(named, "a partition has two sides: one has no actor");
        self.rule(Rule(Kind::Partition { sides, window: Window::new(range) }))
    }

    /// Adds a crash at an instant, given or drawn for each actor. An actor that matches
    /// and lives then dies.
    #[must_use]
    pub fn crash_at(self, who: impl Into<Pattern>, since_start: Latency) -> Self {
        let (who, since, span) = (who.into(), Since::Start, since_start);
        self.rule(Rule(Kind::Crash { who, since, span }))
    }

    /// Adds a crash at an age, given or drawn for each life of each actor that matches.
    #[must_use]
    pub fn crash_after(self, who: impl Into<Pattern>, since_birth: Latency) -> Self {
        let (who, since, span) = (who.into(), Since::Birth, since_birth);
        self.rule(Rule(Kind::Crash { who, since, span }))
    }

    /// Makes holds and rests of actors `factor` times as slow in that range of time, also
    /// those that began before. A process that sleeps is not slowed, because a sleep may
    /// be waiting and not work.
    ///
    /// The factor is rounded to thousandths. The end of the hold is rounded up to a whole
    /// nanosecond.
    ///
    /// # Panics
    /// If the factor is not from 1 to 1,000,000, or the range is empty.
    #[must_use]
    pub fn slow(self, who: impl Into<Pattern>, factor: f64, range: Range<VirtualTime>) -> Self {
        let (who, factor, window) = (who.into(), Factor::new(factor), Window::new(range));
        self.rule(Rule(Kind::Slow { who, factor, window }))
    }

    /// Adds a rule after the others.
    #[must_use]
    pub fn rule(mut self, rule: Rule) -> Self {
        self.rules.push(rule);
        self
    }

    /// The rules, in order.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// Whether there are no rules.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// The latencies in its rules for links.
    pub fn latencies(&self) -> impl Iterator<Item = &Latency> {
        self.rules.iter().filter_map(|rule| match &rule.0 {
            Kind::Link { faults, .. } => faults.latency.as_ref(),
            _ => None,
        })
    }

    /// Whether it makes anybody slow.
    #[must_use]
    pub fn slows(&self) -> bool {
        self.rules.iter().any(|rule| matches!(rule.0, Kind::Slow { .. }))
    }

    /// When work of `span` ends that the actor of that path begins `now`; `None` past the end of
    /// virtual time. Holds and rests take that long by themselves. It is for models whose actors
    /// work in another way, such as by timers. Cost: O(rules × path).
    ///
    /// # Examples
    /// ```
    /// use flagfall::{FaultPlan, Span, VirtualTime};
    ///
    /// let plan: FaultPlan = "slow kitchen/cook[*] by 3".parse()?;
    /// let end = plan.end_of_work("kitchen/cook[1]", VirtualTime::ZERO, Span::from_secs(10));
    /// assert_eq!(end, Some("30s".parse()?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn end_of_work(&self, path: &str, now: VirtualTime, span: Span) -> Option<VirtualTime> {
        let rule = |rule: &Rule| match &rule.0 {
            Kind::Slow { who, factor, window } if who.matches(path) => Some((*factor, *window)),
            _ => None,
        };
        let rules: Vec<_> = self.rules.iter().filter_map(rule).collect();
        if rules.is_empty() { now.checked_add(span) } else { end_of_work(now, span, &rules) }
    }

    /// The patterns in it, in order.
    pub fn patterns(&self) -> impl Iterator<Item = &Pattern> {
        self.rules.iter().flat_map(|rule| match &rule.0 {
            Kind::Link { from, to, .. } => vec![from, to],
            Kind::Partition { sides: [one, other], .. } => one.iter().chain(other).collect(),
            Kind::Crash { who, .. } | Kind::Slow { who, .. } => vec![who],
        })
    }
}

impl FromIterator<Rule> for FaultPlan {
    fn from_iter<I: IntoIterator<Item = Rule>>(rules: I) -> Self {
        Self { rules: rules.into_iter().collect() }
    }
}

impl fmt::Display for FaultPlan {
    /// One rule per line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rules: Vec<String> = self.rules.iter().map(Rule::to_string).collect();
        f.write_str(&rules.join("\n"))
    }
}

impl fmt::Debug for FaultPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.rules).finish()
    }
}
