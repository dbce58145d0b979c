//! Finding actors by their paths.

use crate::actor::{ActorRef, Message};
use crate::features::Kernel;
use crate::handler::Context;
use crate::process::Process;
use crate::tie::Thing;
use std::any::type_name;
use std::fmt;

/// Why an actor was not found by its path; prints the remedy.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FindError {
    /// An actor of that path, or an owner in it, was never spawned.
    Unknown {
        /// The path.
        path: String,
    },
    /// The actor of that path or one of its owners is dead. Paths below a dead actor
    /// are not remembered.
    Dead {
        /// The path of the dead actor.
        path: String,
    },
    /// The actor of that path takes messages of another type.
    OtherType {
        /// The path.
        path: String,
        /// The type that was asked for.
        wanted: &'static str,
    },
}

impl fmt::Display for FindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { path } => write!(
                f,
                "no actor is named `{path}`: a path is the names of all owners and its own, such \
                 as driver/dispatcher/taxi[7]"
            ),
            Self::Dead { path } => {
                write!(f, "{path} is dead: look for it earlier, or spawn it supervised")
            }
            Self::OtherType { path, wanted } => write!(
                f,
                "{path} does not take messages of type {wanted}: ask for the message type of \
                 its Actor implementation"
            ),
        }
    }
}

impl std::error::Error for FindError {}

impl Kernel {
    pub(crate) fn find<M: Message>(&self, path: &str) -> Result<ActorRef<M>, FindError> {
        self.ties.marks.sees(Thing::Names);
        self.ties.marks.sees(Thing::Lives);
        let Some(id) = self.entities.find(path) else {
            return Err(match self.entities.dead_at(path) {
                Some(dead) => FindError::Dead { path: dead.to_owned() },
                None => FindError::Unknown { path: path.to_owned() },
            });
        };
        if self.pool::<M>(id.class()).is_none() || self.is_resource(id) {
            let wanted = type_name::<M>();
            return Err(FindError::OtherType { path: path.to_owned(), wanted });
        }
        Ok(ActorRef::new(id, self.family))
    }
}

impl<M: Message> Context<'_, M> {
    /// The living actor or process of that path, such as `driver/dispatcher/taxi[7]` (Ray's
    /// `ray.get_actor`). It is found from the instant it is spawned, also while it is restarted.
    ///
    /// The search takes no virtual time. Cost: O(depth + classes of actors), and one
    /// printed path for the comparison.
    ///
    /// # Errors
    /// [`FindError`] if no actor has had the path, if its actor is dead, or if it takes
    /// other messages.
    ///
    /// # Examples
    /// ```
    /// use flagfall::{Actor, Config, Context, FindError, Simulation};
    ///
    /// #[derive(Default)]
    /// struct Till { cash: u64 }
    /// impl Actor for Till {
    ///     type Message = u64;
    ///     fn handle(&mut self, coins: u64, _: &mut Context<'_, u64>) {
    ///         self.cash += coins;
    ///     }
    /// }
    ///
    /// struct Customer;
    /// impl Actor for Customer {
    ///     type Message = String;
    ///     fn handle(&mut self, till: String, context: &mut Context<'_, String>) {
    ///         match context.find::<u64>(&till) {
    ///             Ok(till) => context.send(&till, 7),
    ///             Err(error) => assert!(matches!(error, FindError::Unknown { .. })),
    ///         }
    ///     }
    /// }
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let till = simulation.spawn(("till", 1), Till::default());
    /// let customer = simulation.spawn("customer", Customer);
    /// simulation.send(&customer, "till[1]".to_owned());
    /// simulation.send(&customer, "till[2]".to_owned());
    /// simulation.run()?;
    /// assert_eq!(simulation[&till].cash, 7);
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    pub fn find<N: Message>(&self, path: &str) -> Result<ActorRef<N>, FindError> {
        self.kernel.find(path)
    }
}

impl<M: Message> Process<M> {
    /// The living actor or process of that path, as [`Context::find`](crate::Context::find).
    ///
    /// # Errors
    /// As [`Context::find`](crate::Context::find).
    #[track_caller]
    pub fn find<N: Message>(&self, path: &str) -> Result<ActorRef<N>, FindError> {
        self.look().find(path)
    }
}
