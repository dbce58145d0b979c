//! A system by name: its options as a model, and how its runs are reported.
//!
//! Whatever runs systems (once, several times, again, in other orders) is a
//! [`Visitor`]: it is handed the model with its type, so that each command is
//! written once for all systems.

use super::args::{BuiltIn, Common, System};
use super::exit::Failure;
use super::options::{actor_tree, config, message_log, parameter_training, queue, taxi_fleet};
use super::own::program;
use crate::models::Branching;
use crate::models::actor_tree::ActorTree;
use crate::models::message_log::MessageLog;
use crate::models::parameter_server::ParameterTraining;
use crate::models::queue::Queue;
use crate::models::taxi_fleet::TaxiFleet;
use crate::report::{json, text};
use crate::scenario::Scenario;
use flagfall::Config;
use flagfall::model::{Measured, Run};
use serde::{Serialize, de::DeserializeOwned};
use std::fmt;
use std::io::{self, Write};

/// A model that the command knows by name: plain data, so that several threads
/// can run it side by side.
pub(super) trait Runnable:
    Branching<Kept: Serialize + DeserializeOwned>
    + Scenario
    + Measured
    + Serialize
    + DeserializeOwned
    + fmt::Debug
    + Clone
    + Send
    + Sync
    + 'static
{
    /// Writes what a run came to as one JSON object on one line.
    fn json(
        &self,
        out: &mut dyn Write,
        run: &Run<Self::Result>,
        config: &Config,
        common: &Common,
    ) -> io::Result<()>;

    /// Writes what a run came to as the notebook prints it.
    fn text(&self, out: &mut dyn Write, run: &Run<Self::Result>, common: &Common)
    -> io::Result<()>;

    /// What the user should know before a result is believed; told after a run.
    fn note(&self) -> Option<String> {
        None
    }

    /// Whether its runs are copied: of what is not, a branch is run again from the start.
    fn is_copied(&self) -> bool {
        true
    }

    /// Writes what a run came to as the user wants it.
    fn report(
        &self,
        out: &mut dyn Write,
        run: &Run<Self::Result>,
        config: &Config,
        common: &Common,
    ) -> io::Result<()> {
        if common.json { self.json(out, run, config, common) } else { self.text(out, run, common) }
    }
}

/// What is to be done with a system, whichever it is.
pub(super) trait Visitor: Sized {
    type Output;

    fn visit<S: Runnable>(self, model: &S, config: Config, common: &Common) -> Visited<Self>;
}

/// What a visitor comes to.
pub(super) type Visited<V> = Result<<V as Visitor>::Output, Failure>;

/// Makes the model and the settings of a system, and hands them over.
pub(super) fn visit<V: Visitor>(system: &System, visitor: V) -> Visited<V> {
    let common = system.common();
    let config = config(common)?;
    let system = match system {
        System::BuiltIn(system) => system,
        System::Own(own) => {
            own.check()?;
            return visitor.visit(&own.model, config, common);
        }
    };
    match system {
        BuiltIn::Taxi(args) => visitor.visit(&taxi_fleet(args, &config)?, config, common),
        BuiltIn::ParameterServer(args) => visitor.visit(&parameter_training(args)?, config, common),
        BuiltIn::ActorTree(args) => visitor.visit(&actor_tree(args)?, config, common),
        BuiltIn::Messages(args) => visitor.visit(&message_log(args)?, config, common),
        BuiltIn::Queue(args) => visitor.visit(&queue(args)?, config, common),
    }
}

/// What is to be done with a system whose parameters stand in a file.
pub(super) trait TypeVisitor {
    fn visit<S: Runnable>(self, system: &System) -> Result<(), Failure>;
}

/// Says which type of model a system is.
pub(super) fn visit_type<V: TypeVisitor>(system: &System, visitor: V) -> Result<(), Failure> {
    let built_in = match system {
        System::BuiltIn(built_in) => built_in,
        System::Own(_) => {
            let name = program().name();
            let text = format!("{name} has no snapshots of models of its own: `run` makes none");
            return Err(Failure::Usage(text));
        }
    };
    match built_in {
        BuiltIn::Taxi(_) => visitor.visit::<TaxiFleet>(system),
        BuiltIn::ParameterServer(_) => visitor.visit::<ParameterTraining>(system),
        BuiltIn::ActorTree(_) => visitor.visit::<ActorTree>(system),
        BuiltIn::Messages(_) => visitor.visit::<MessageLog>(system),
        BuiltIn::Queue(_) => visitor.visit::<Queue>(system),
    }
}

type Out<'a> = &'a mut dyn Write;

impl Runnable for TaxiFleet {
    fn json(
        &self,
        out: Out,
        run: &Run<Self::Result>,
        c: &Config,
        common: &Common,
    ) -> io::Result<()> {
        json::taxi(out, (self, run), c, common.lang.into(), common.summary)
    }

    fn text(&self, out: Out, run: &Run<Self::Result>, common: &Common) -> io::Result<()> {
        text::taxi(out, self, &run.result, common.lang.into())
    }
}

impl Runnable for Queue {
    fn json(
        &self,
        out: Out,
        run: &Run<Self::Result>,
        c: &Config,
        common: &Common,
    ) -> io::Result<()> {
        json::queue(out, (self, run), c, common.summary)
    }

    fn text(&self, out: Out, run: &Run<Self::Result>, _: &Common) -> io::Result<()> {
        text::measures(out, &self.measures(run))
    }

    fn note(&self) -> Option<String> {
        let endless = || {
            let load = self.load;
            format!(
                "at a load of {load} there is no steady state: the longer it runs, the longer the line"
            )
        };
        (!self.is_stable()).then(endless)
    }
}

/// The others print the notebook's texts in one language alone.
macro_rules! runnable {
    ($($model:ty => $report:ident),+) => {$(
        impl Runnable for $model {
            fn json(
                &self,
                out: Out,
                run: &Run<Self::Result>,
                c: &Config,
                common: &Common,
            ) -> io::Result<()> {
                json::$report(out, (self, run), c, common.summary)
            }

            fn text(&self, out: Out, run: &Run<Self::Result>, _: &Common) -> io::Result<()> {
                text::$report(out, &run.result)
            }
        }
    )+};
}

runnable! {
    ParameterTraining => parameter_server,
    ActorTree => actor_tree,
    MessageLog => message_log
}
