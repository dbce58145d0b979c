//! Saving a running simulation to a file, and resuming it.

use crate::actor::Family;
use crate::config::Config;
use crate::fork::states_of;
use crate::kernel::Engine;
use crate::parts::{Loading, wrong};
use crate::save::check::check;
use crate::save::picture::KernelPicture;
use crate::simulation::{Simulation, new_kernel};
use crate::snapshot::{Bytes, FileError, Header, decode, encode, read, write};
use crate::types::{ClassPicture, LoadedClass, SnapshotError, TypeRegistry};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::io::{Read, Write};
use std::rc::Rc;
use std::sync::Arc;

/// The contents of a file after the header.
#[derive(Serialize, Deserialize)]
struct Contents {
    kernel: KernelPicture,
    classes: Vec<ClassPicture>,
    attached: Bytes,
}

/// A simulation that was read from a file.
#[derive(Debug)]
pub struct Resumed {
    /// The simulation, which goes on where it was saved.
    pub simulation: Simulation,
    /// The header of the file.
    pub header: Header,
    /// The data that was attached when it was saved.
    pub attached: Vec<u8>,
}

impl Simulation {
    /// Writes a snapshot of the simulation, between two events. The resumed simulation has
    /// the same events and the same digests.
    ///
    /// `scenario` describes the run. `attached` is other data that the program needs to go
    /// on, such as the data of its observers. Observers and pacers are not saved.
    ///
    /// Cost: O(n log n) time in actors and messages, and memory of about twice the file.
    ///
    /// # Errors
    /// [`SnapshotError`] names the type that is not [registered](TypeRegistry), says
    /// that the run has failed, or why the file cannot be written.
    ///
    /// # Examples
    /// ```
    /// use flagfall::{Actor, Config, Context, Simulation, Span, TypeRegistry};
    /// use serde::{Deserialize, Serialize};
    ///
    /// #[derive(Clone, Serialize, Deserialize)]
    /// struct Clock { ticks: u64 }
    /// impl Actor for Clock {
    ///     type Message = ();
    ///     fn handle(&mut self, _: (), context: &mut Context<'_, ()>) {
    ///         self.ticks += 1;
    ///         context.schedule(Span::from_secs(1), ());
    ///     }
    /// }
    ///
    /// let types = TypeRegistry::new().savable::<Clock>("clock");
    /// let mut simulation = Simulation::new(Config::new(42));
    /// simulation.register(&types);
    /// let clock = simulation.spawn("clock", Clock { ticks: 0 });
    /// simulation.send(&clock, ());
    /// simulation.run_until("10s".parse()?)?;
    ///
    /// let mut file = Vec::new();
    /// simulation.save(&["a clock".to_owned()], &[], &mut file)?;
    /// let mut resumed = Simulation::resume(&types, file.as_slice())?.simulation;
    /// for simulation in [&mut simulation, &mut resumed] {
    ///     simulation.run_until("20s".parse()?)?;
    /// }
    /// assert_eq!(resumed.digest(), simulation.digest());
    /// assert_eq!(resumed[&clock].ticks, 21);
    ///
    /// // A file with one wrong byte is refused.
    /// file[50] ^= 1;
    /// let error = Simulation::resume(&types, file.as_slice()).unwrap_err();
    /// assert_eq!(error.to_string(), "the snapshot is damaged (its checksum differs)");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn save(
        &self,
        scenario: &[String],
        attached: &[u8],
        out: impl Write,
    ) -> Result<(), SnapshotError> {
        let kernel = self.engine.kernel.borrow();
        if let Some(error) = self.engine.failed.as_ref().or(kernel.failure.as_ref()) {
            return Err(SnapshotError::Failed(Box::new(error.clone())));
        }
        if kernel.ties.is_guided() {
            return Err(SnapshotError::Ties);
        }
        if kernel.journal.wants_draws() {
            return Err(SnapshotError::Draws);
        }
        let mut classes = Vec::with_capacity(self.engine.classes.len());
        for (number, class) in (0..).zip(&self.engine.classes) {
            let (typed, (id, type_name)) = states_of(&kernel, (number, &**class))?;
            let saved = self.types.state(id).and_then(|state| state.saved.as_ref());
            let register = "TypeRegistry::savable or savable_as";
            let saved = saved.ok_or(SnapshotError::State { type_name, register })?;
            classes.push((saved.save)(typed)?);
        }
        let picture = KernelPicture::of(&kernel, &self.types)?;
        let contents = Contents { kernel: picture, classes, attached: Bytes(attached.to_vec()) };
        let header = Header {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            scenario: scenario.to_vec(),
            time: kernel.now,
            event: kernel.event,
            digest: kernel.journal.digest(&kernel.entities).map(|digest| digest.to_string()),
        };
        Ok(write(&header, &encode(&contents, "contents")?, out)?)
    }

    /// Reads a simulation from a snapshot. The file holds everything but the types.
    ///
    /// # Errors
    /// [`SnapshotError::File`] if the file cannot be read, is damaged or inconsistent, was
    /// written by another version, or needs a type that `types` does not have. Any input
    /// gives an error or a simulation. Checksums find damage, and decoded data is checked to
    /// be consistent. A forged file may give a simulation that never ran, but it follows the
    /// engine's rules.
    pub fn resume(types: &TypeRegistry, input: impl Read) -> Result<Resumed, SnapshotError> {
        let (header, contents) = read(input)?;
        let contents: Contents = decode(&contents, "contents")?;
        check(&contents.kernel, &contents.classes).map_err(wrong)?;
        let config: Config = contents.kernel.config()?;
        let mut kernel = new_kernel(&config);
        kernel.kin.push(Family::ANY);
        if kernel.journal.wants_draws() {
            return Err(wrong("a run with these settings cannot have been saved").into());
        }
        // Streams in the file become streams of this simulation.
        let ledger = Arc::clone(kernel.journal.ledger());
        let loaded = ledger.read(|| {
            let load = |(number, class): (u16, &ClassPicture)| {
                let unregistered = || FileError::Unregistered { name: class.name.clone() };
                let saved = types.state_named(&class.name).ok_or_else(unregistered)?;
                (saved.load)(number, class)
            };
            let loaded = (0..).zip(&contents.classes).map(load);
            let loaded = loaded.collect::<Result<Vec<_>, FileError>>()?;
            let with = Loading { types, classes: &loaded, config: &config };
            contents.kernel.restore(&mut kernel, &with)?;
            Ok::<_, FileError>(loaded)
        })?;
        let mut classes = Vec::with_capacity(loaded.len());
        let mut class_numbers = FxHashMap::default();
        for (number, LoadedClass { class, pool, state, .. }) in (0..).zip(loaded) {
            if class_numbers.insert(state, number).is_some() {
                return Err(wrong("two classes have one type").into());
            }
            classes.push(class);
            kernel.pools.push(pool);
        }
        kernel.class_numbers = class_numbers;
        if header.time != kernel.now || header.event != kernel.event {
            return Err(wrong("header and contents are of different snapshots").into());
        }
        let types = Rc::new(types.clone());
        let engine = Engine::new(kernel, classes);
        let told_stuck = RefCell::default();
        let simulation = Self { engine, config, pacer: None, types, told_stuck };
        Ok(Resumed { simulation, header, attached: contents.attached.0 })
    }
}
