//! The parameter server: workers compute gradients, one server applies them.
//!
//! Each worker is a task: for every epoch it sleeps (the computation), then sends its
//! gradient to the server without waiting. A driver reads the parameters,
//! by default one second after each answer.

use super::DEFAULT_STARTUP;
use crate::models::Branching;
use flagfall::model::{Measured, Run};
use flagfall::{
    Actor, ActorRef, Context, Measures, Message, Model, Record, RecordKind, ReplyTo, RequestError,
    Simulation, Span, SpawnOptions, TypeRegistry, VirtualTime,
};
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

/// The parameters of the system.
///
/// # Examples
/// ```
/// use flagfall::{Config, Model};
/// use flagfall_cli::models::{DEFAULT_LATENCY, parameter_server::ParameterTraining};
///
/// let config = Config::new(42).latency(DEFAULT_LATENCY);
/// let training = ParameterTraining::default().run(config)?.result;
/// assert_eq!(training.reads.len(), 20);
/// // Three workers have sent one gradient of ones each after two seconds.
/// assert_eq!(training.reads[2].parameters, vec![-3.0; 10]);
/// # Ok::<(), flagfall::SimulationError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParameterTraining {
    /// How many workers there are.
    pub workers: u32,
    /// How many gradients each worker sends.
    pub epochs: u32,
    /// How long one gradient takes to compute.
    pub epoch: Span,
    /// The length of the parameter vector.
    pub dimension: usize,
    /// Each component of each gradient.
    pub gradient: f64,
    /// How often the driver reads.
    pub reads: u32,
    /// The span that the driver sleeps after each read.
    pub read_every: Span,
    /// How long a worker process takes to start.
    pub startup: Span,
    /// How much longer each worker takes than the one before it.
    pub stagger: Span,
}

impl Default for ParameterTraining {
    /// The notebook's numbers: three workers, 100 epochs of 1.5 s, ten ones.
    fn default() -> Self {
        Self {
            workers: 3,
            epochs: 100,
            epoch: Span::from_millis(1_500),
            dimension: 10,
            gradient: 1.0,
            reads: 20,
            read_every: Span::from_secs(1),
            startup: DEFAULT_STARTUP,
            stagger: Span::ZERO,
        }
    }
}

/// What the server understands.
#[derive(Serialize, Deserialize, Debug, Message)]
pub enum ServerMessage {
    /// Tell the parameters.
    GetParams(ReplyTo<Vec<f64>>),
    /// Subtract this gradient.
    UpdateParams(Rc<Vec<f64>>),
}

/// What a worker understands.
#[derive(Serialize, Deserialize, Debug, Message)]
pub enum WorkerMessage {
    /// Begin.
    Run,
    /// The gradient of an epoch is computed.
    EpochOver,
}

/// What the notebook's main program understands.
#[derive(Serialize, Deserialize, Debug, Message)]
pub enum DriverMessage {
    /// Begin.
    Start,
    /// The parameters before any worker was started.
    Initial(Result<Vec<f64>, RequestError>),
    /// The answer to a read.
    Read(Result<Vec<f64>, RequestError>),
    /// The sleep after a read is over.
    NextRead,
}

/// One reading of the parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// When the answer reached the driver.
    pub time: VirtualTime,
    /// The parameters.
    pub parameters: Vec<f64>,
}

/// The results of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Training {
    /// The parameters before any worker was started.
    pub initial: Vec<f64>,
    /// The driver's readings.
    pub reads: Vec<Reading>,
    /// When each worker got its CPU slot, in worker order; `None` if it was
    /// still waiting for one at the end.
    pub worker_starts: Vec<Option<VirtualTime>>,
    /// The parameters at the end of the run.
    pub parameters: Vec<f64>,
}

/// Holds the parameters.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ParameterServer {
    /// The parameters.
    pub parameters: Vec<f64>,
}

impl Actor for ParameterServer {
    type Message = ServerMessage;

    fn shown(&self) -> Option<&dyn fmt::Debug> {
        Some(self)
    }

    fn handle(&mut self, message: ServerMessage, context: &mut Context<'_, ServerMessage>) {
        match message {
            ServerMessage::GetParams(reply) => context.reply(reply, self.parameters.clone()),
            ServerMessage::UpdateParams(gradient) => {
                for (parameter, slope) in self.parameters.iter_mut().zip(gradient.iter()) {
                    *parameter -= slope;
                }
            }
        }
    }
}

/// Computes gradients: a task.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Worker {
    epochs_left: u32,
    epoch: Span,
    gradient: Rc<Vec<f64>>,
    server: ActorRef<ServerMessage>,
}

impl Actor for Worker {
    type Message = WorkerMessage;

    fn shown(&self) -> Option<&dyn fmt::Debug> {
        Some(self)
    }

    fn handle(&mut self, message: WorkerMessage, context: &mut Context<'_, WorkerMessage>) {
        if let WorkerMessage::EpochOver = message {
            let gradient = Rc::clone(&self.gradient);
            context.send(&self.server, ServerMessage::UpdateParams(gradient));
            self.epochs_left -= 1;
        }
        if self.epochs_left > 0 {
            context.hold(self.epoch, WorkerMessage::EpochOver);
        } else {
            context.stop();
        }
    }
}

/// The notebook's main program: starts everyone, reads, ends the run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Driver {
    training: ParameterTraining,
    server: Option<ActorRef<ServerMessage>>,
    initial: Vec<f64>,
    reads: Vec<Reading>,
}

impl Driver {
    fn start_workers(&self, context: &mut Context<'_, DriverMessage>) {
        let Some(server) = self.server else { return };
        let gradient = Rc::new(vec![self.training.gradient; self.training.dimension]);
        for number in 0..self.training.workers {
            let worker = Worker {
                epochs_left: self.training.epochs,
                epoch: self.training.epoch,
                gradient: Rc::clone(&gradient),
                server,
            };
            let startup = self.training.startup + self.training.stagger * u64::from(number);
            let spawn = SpawnOptions::from(("worker", number)).startup(startup);
            context.spawn_task(spawn, worker, WorkerMessage::Run);
        }
    }

    fn read(
        &self,
        then: impl FnOnce(Result<Vec<f64>, RequestError>) -> DriverMessage + 'static,
        context: &mut Context<'_, DriverMessage>,
    ) {
        if let Some(server) = self.server {
            context.ask(&server, ServerMessage::GetParams, then);
        }
    }

    fn next_read(&self, context: &mut Context<'_, DriverMessage>) {
        if self.reads.len() < self.training.reads as usize {
            self.read(DriverMessage::Read, context);
        } else {
            context.end_run();
        }
    }
}

impl Actor for Driver {
    type Message = DriverMessage;

    fn shown(&self) -> Option<&dyn fmt::Debug> {
        Some(self)
    }

    fn handle(&mut self, message: DriverMessage, context: &mut Context<'_, DriverMessage>) {
        match message {
            DriverMessage::Start => {
                let parameters = vec![0.0; self.training.dimension];
                let server = context.spawn("parameter server", ParameterServer { parameters });
                self.server = Some(server);
                self.read(DriverMessage::Initial, context);
            }
            DriverMessage::Initial(parameters) => {
                self.initial = parameters.unwrap_or_default();
                self.start_workers(context);
                self.next_read(context);
            }
            DriverMessage::Read(parameters) => {
                let parameters = parameters.unwrap_or_default();
                self.reads.push(Reading { time: context.now(), parameters });
                context.hold(self.training.read_every, DriverMessage::NextRead);
            }
            DriverMessage::NextRead => self.next_read(context),
        }
    }
}

/// When each worker started, by its number.
type Starts = Rc<RefCell<Vec<Option<VirtualTime>>>>;

/// Notes when workers start, from now on.
fn watch_starts(starts: Vec<Option<VirtualTime>>, simulation: &mut Simulation) -> Starts {
    let starts: Starts = Rc::new(RefCell::new(starts));
    let log = Rc::clone(&starts);
    simulation.observe(move |record: &Record<'_>| {
        if record.kind != RecordKind::Started {
            return;
        }
        let path = record.receiver.to_string();
        let number = path.strip_prefix("driver/worker[").and_then(|rest| rest.strip_suffix(']'));
        let number = number.and_then(|number| number.parse::<usize>().ok());
        let mut starts = log.borrow_mut();
        if let Some(start) = number.and_then(|number| starts.get_mut(number)) {
            *start = Some(record.time);
        }
    });
    starts
}

/// The actors of a running system.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Handles {
    /// The driver, which owns all others.
    pub driver: ActorRef<DriverMessage>,
    starts: Starts,
}

impl Model for ParameterTraining {
    type Handles = Handles;
    type Result = Training;

    fn start(&self, simulation: &mut Simulation) -> Handles {
        let starts = watch_starts(vec![None; self.workers as usize], simulation);
        let driver =
            Driver { training: self.clone(), server: None, initial: Vec::new(), reads: Vec::new() };
        let driver = simulation.spawn("driver", driver);
        simulation.send(&driver, DriverMessage::Start);
        Handles { driver: *driver, starts }
    }

    fn collect(&self, simulation: &Simulation, handles: &Handles) -> Training {
        let worker_starts = handles.starts.borrow().clone();
        let Some(driver) = simulation.inspect::<Driver>(&handles.driver) else {
            return Training { worker_starts, ..Training::default() };
        };
        let server = driver.server.and_then(|server| simulation.inspect(&server));
        let parameters = server.map(|server: &ParameterServer| server.parameters.clone());
        Training {
            initial: driver.initial.clone(),
            reads: driver.reads.clone(),
            worker_starts,
            parameters: parameters.unwrap_or_default(),
        }
    }
}

impl Measured for ParameterTraining {
    /// `parameter_mean`: the mean component of the parameters at the end; `last_read_mean`: of
    /// what the driver read last. `reads`: how often it did. `workers_started`, and
    /// `last_worker_start`: how many got a CPU, and when the last of them did. `virtual_time`:
    /// when the run ended.
    fn measures(&self, run: &Run<Training>) -> Measures {
        let training = &run.result;
        let mean = |values: &[f64]| {
            (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
        };
        let started = training.worker_starts.iter().flatten();
        let mut measures = Measures::new();
        let last_read = training.reads.last().and_then(|read| mean(&read.parameters));
        measures
            .add("parameter_mean", "1", mean(&training.parameters))
            .add("last_read_mean", "1", last_read)
            .count("reads", training.reads.len() as u64)
            .count("workers_started", started.clone().count() as u64)
            .add("last_worker_start", "s", started.max().map(|time| time.as_secs_f64()))
            .add("virtual_time", "s", run.virtual_time.as_secs_f64());
        measures
    }
}

impl Branching for ParameterTraining {
    fn types() -> TypeRegistry {
        TypeRegistry::new()
            .answer("initial", DriverMessage::Initial)
            .answer("read", DriverMessage::Read)
            .savable::<Driver>("parameter server: driver")
            .savable::<ParameterServer>("parameter server: parameter server")
            .savable::<Worker>("parameter server: worker")
    }

    fn attach(handles: Handles, copy: &mut Simulation) -> Handles {
        let starts = watch_starts(handles.starts.borrow().clone(), copy);
        Handles { driver: handles.driver, starts }
    }
}
