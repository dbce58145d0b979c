//! How runs of a model are copied and saved.

use flagfall::snapshot::{decode, encode};
use flagfall::{Simulation, SnapshotError, TypeRegistry};
use serde::{Serialize, de::DeserializeOwned};
use std::any::Any;
use std::fmt;

type Follow<H> = Box<dyn Fn(&H, &mut Simulation) -> H>;
type Save<H> = Box<dyn Fn(&H) -> Result<Vec<u8>, SnapshotError>>;
type Load<H> = Box<dyn Fn(&[u8], &mut Simulation) -> Result<H, SnapshotError>>;

/// How runs of a model with handles `H` are copied and saved: see
/// [`OwnModel::copies`](super::OwnModel::copies).
///
/// # Examples
/// A model with one actor, and with handles that are plain data:
/// ```
/// # use flagfall::{Actor, ActorRef, Context, Measures, Simulation, Span, TypeRegistry};
/// use flagfall_cli::{Copies, OwnModel};
///
/// # flagfall::message! {
/// #     #[derive(serde::Serialize, serde::Deserialize)]
/// #     enum Tick { Tick }
/// # }
/// #[derive(Clone, serde::Serialize, serde::Deserialize)]
/// struct Clock(u64);
/// # impl Actor for Clock {
/// #     type Message = Tick;
/// #     fn handle(&mut self, _: Tick, context: &mut Context<'_, Tick>) {
/// #         self.0 += 1;
/// #         if self.0 < 9 { context.hold(Span::from_secs(1), Tick::Tick); }
/// #     }
/// # }
///
/// /// A clock
/// #[derive(clap::Args)]
/// struct Clocks {}
///
/// impl OwnModel for Clocks {
///     const NAME: &'static str = "clocks";
///     type Handles = ActorRef<Tick>;
///
///     fn start(&self, simulation: &mut Simulation) -> ActorRef<Tick> {
///         let clock = simulation.spawn("clock", Clock(0));
///         simulation.send(&clock, Tick::Tick);
///         *clock
///     }
///
///     fn measure(&self, simulation: &Simulation, clock: &ActorRef<Tick>, measures: &mut Measures) {
///         measures.count("ticks", simulation.inspect::<Clock>(clock).map_or(0, |clock| clock.0));
///     }
///
///     fn copies() -> Option<Copies<ActorRef<Tick>>> {
///         let types = TypeRegistry::new().savable::<Clock>("clock");
///         Some(Copies::new(types, |clock| *clock, |clock, _| clock))
///     }
/// }
///
/// # fn main() -> std::process::ExitCode {
/// let words = ["clocks", "fork", "--at", "2s", "--branches", "1", "clocks"];
/// flagfall_cli::main_of::<Clocks>(words.map(Into::into))
/// # }
/// ```
pub struct Copies<H> {
    pub(crate) types: TypeRegistry,
    /// The handles of a copy of their run.
    pub(crate) follow: Follow<H>,
    pub(crate) save: Save<H>,
    pub(crate) load: Load<H>,
}

impl<H> fmt::Debug for Copies<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Copies").finish_non_exhaustive()
    }
}

impl<H: 'static> Copies<H> {
    /// `types` are the types of the actors. `keep` turns handles into plain data, and `attach`
    /// makes handles of that again, for a copy of the simulation. Observers begin again there.
    pub fn new<K: Serialize + DeserializeOwned + 'static>(
        types: TypeRegistry,
        keep: fn(&H) -> K,
        attach: fn(K, &mut Simulation) -> H,
    ) -> Self {
        Self {
            types,
            follow: Box::new(move |handles, copy| attach(keep(handles), copy)),
            save: Box::new(move |handles| Ok(encode(&keep(handles), "model")?)),
            load: Box::new(move |bytes, copy| Ok(attach(decode(bytes, "model")?, copy))),
        }
    }

    /// The same, without the type of the handles.
    pub(super) fn erased(self) -> Copies<Box<dyn Any>> {
        let Self { types, follow, save, load } = self;
        Copies {
            types,
            follow: Box::new(move |handles, copy| Box::new(follow(handles_of(&**handles), copy))),
            save: Box::new(move |handles| save(handles_of(&**handles))),
            load: Box::new(move |bytes, copy| Ok(Box::new(load(bytes, copy)?))),
        }
    }
}

/// The handles of a model, with their type.
pub(super) fn handles_of<H: 'static>(handles: &dyn Any) -> &H {
    handles.downcast_ref().expect("start of the same model made them")
}
