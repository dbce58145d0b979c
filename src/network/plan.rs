//! What goes wrong in a run, as data.

use super::Latency;
use super::rule::{Factor, Kind, LinkFaults, Rule, Since, Window};
use crate::actor::Pattern;
use crate::time::VirtualTime;
use std::fmt;
use std::ops::Range;

/// What goes wrong in a run: a list of rules, one a line.
///
/// A plan is built here, or read from text, and prints as the text that is
/// read as the same plan. It is set by [`Config::faults`](crate::Config::faults),
/// and on the command line by `--faults FILE`.
///
/// | rule | what it does |
/// |---|---|
/// | `link A -> B latency 40ms` | messages from A to B travel that long: any [`Latency`] |
/// | `link A -> B bandwidth 1MB/s` | one message after the other, each as long as its bytes take |
/// | `link A -> B size 1500B` | on which link every message takes that many bytes |
/// | `link A -> B loss 0.1` | one of ten is lost |
/// | `link A -> B duplicate 0.1` | one of ten arrives twice |
/// | `partition A,B \| C from 10s to 20s` | what is sent from one side to the other is lost |
/// | `crash A at 30s` | whoever of that name lives then dies |
/// | `crash A after exponential:1h` | dies when it has lived that long: each of its lives is drawn anew |
/// | `slow A by 2.5 from 10s to 20s` | its holds and rests go on at 1/2.5 of the pace |
///
/// A to C are [`Pattern`]s. The parts of a `link` rule can be combined and end
/// with a time, as the others do; without `to` it lasts for ever, without
/// `from` it always applies. Where several rules say the same of a link or an
/// actor, **the last one that applies counts**: write what is usual first and
/// exceptions below. What follows a `#` is a comment.
///
/// # What is subject to it
///
/// Messages that travel by a link: sent by [`Context::send`](crate::Context::send),
/// requests, their answers, interrupts. Every pair of a sender and a receiver
/// has a link of its own in each direction, also if one pattern names many. What
/// travels by no link is never lost: messages with a delay of their own
/// (`send_after`), timers, holds, what is sent from outside, and what an actor
/// sends to itself. Kills, the news of deaths and the start of tasks go through
/// another service than messages, as on real systems: they take the latency that
/// the configuration says, and nothing here touches them.
///
/// - **Loss is silent.** Who waits for the answer to a lost request, or for an
///   answer that is lost itself, waits for ever, or until the actor that was
///   asked dies: ask with a timeout ([`Process::timeout`](crate::Process::timeout),
///   [`Context::set_timer`](crate::Context::set_timer)).
///   [`Simulation::unanswered`](crate::Simulation::unanswered) lists both.
/// - **The time that counts is that of sending.** What is under way when a
///   partition begins arrives. A lost message has kept its link busy.
/// - **A copy** takes a latency of its own, keeps the link busy no second time,
///   and may arrive before or after whatever else was sent. Requests and answers
///   are never doubled, nor are messages that cannot be copied
///   ([`Message::duplicate`](trait@crate::Message)): the rule does nothing to
///   them. Apart from copies, the order per sender and receiver is kept.
/// - **A crash** is a death like any other, of cause
///   [`Crashed`](crate::DeathCause::Crashed): what the actor owns dies with it,
///   requests to it fail. It is an event: a run is not over before the crashes of
///   all who have been spawned. A plan brings nobody back; a
///   [supervisor](crate::supervision) does, for whom a crash is a failure: each
///   life has its crashes drawn anew, and given times that lie ahead hold for it.
/// - **Answers** that are given by [`Context::reply`](crate::Context::reply) are
///   no messages and do not say what is in them: each takes the bytes of its type
///   alone, unless the rule gives a `size`.
/// - **Accounts:** lost messages and copies are recorded
///   ([`RecordKind::Lost`](crate::RecordKind::Lost),
///   [`Duplicated`](crate::RecordKind::Duplicated)) and counted
///   ([`Counts`](crate::Counts)).
///
/// # Randomness
///
/// Each link draws from streams of its own, one for losses, one for copies, one
/// for latencies; each actor draws its crashes from a stream of its own. A rule
/// never changes what is drawn for another link or actor, nor for another part of
/// the same link, so that runs with and without it can be compared.
///
/// # Cost
///
/// A run whose plan has no rule for links sends as fast as one without a plan.
/// With one, each message costs a few look-ups and a pass through the rules that
/// match its link, and each such link less than 1 kB. Paths are matched once for
/// each link and each actor.
///
/// # Examples
/// How to lose messages, and show that a protocol survives it. The sender here
/// repeats what was not acknowledged:
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
    /// Nothing goes wrong.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a rule for the links from some actors to others; nothing if it
    /// says nothing.
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

    /// Adds a partition: what one side sends to the other while it lasts is
    /// lost, in both directions.
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
        let side = |side: Vec<Pattern>| {
            assert!(!side.is_empty(), "a partition has two sides: one has no actor");
            side
        };
        let sides = [
            side(one.into_iter().map(Into::into).collect()),
            side(other.into_iter().map(Into::into).collect()),
        ];
        self.rule(Rule(Kind::Partition { sides, window: Window::new(range) }))
    }

    /// Adds a crash at an instant, given or drawn for each actor: whoever is
    /// matched and lives then dies.
    #[must_use]
    pub fn crash_at(self, who: impl Into<Pattern>, since_start: Latency) -> Self {
        let (who, since, span) = (who.into(), Since::Start, since_start);
        self.rule(Rule(Kind::Crash { who, since, span }))
    }

    /// Adds a crash at an age, given or drawn for each life of each actor that
    /// is matched.
    #[must_use]
    pub fn crash_after(self, who: impl Into<Pattern>, since_birth: Latency) -> Self {
        let (who, since, span) = (who.into(), Since::Birth, since_birth);
        self.rule(Rule(Kind::Crash { who, since, span }))
    }

    /// Makes holds and rests of actors go on `factor` times as slowly while
    /// it lasts, also those that began before. (A process that sleeps is not
    /// slowed: it may wait as well as work.)
    ///
    /// The factor is kept to thousandths, and the end of the hold rounded up to
    /// a whole nanosecond.
    ///
    /// # Panics
    /// If the factor is not from 1 to 1,000,000, or the range is empty.
    #[must_use]
    pub fn slow(self, who: impl Into<Pattern>, factor: f64, range: Range<VirtualTime>) -> Self {
        let (who, factor, window) = (who.into(), Factor::new(factor), Window::new(range));
        self.rule(Rule(Kind::Slow { who, factor, window }))
    }

    /// Adds a rule below the others.
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

    /// The latencies that its links can have.
    pub fn latencies(&self) -> impl Iterator<Item = &Latency> {
        self.rules.iter().filter_map(|rule| match &rule.0 {
            Kind::Link { faults, .. } => faults.latency.as_ref(),
            _ => None,
        })
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
    /// One rule a line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, rule) in self.rules.iter().enumerate() {
            let end = if number > 0 { "\n" } else { "" };
            write!(f, "{end}{rule}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for FaultPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.rules).finish()
    }
}
