//! A day of a taxi fleet, on the engine alone: the `MessageActor`, `Taxi`, `Dispatcher` and
//! `Simulation` of a Ray notebook. `docs/taxi-day.md` has the Python beside the Rust.
//!
//! ```sh
//! cargo run --example taxi_day
//! ```

use flagfall::{
    Actor, ActorRef, Config, Context, Latency, Process, ReplyTo, Simulation, Span, Spawn,
};

/// Money is whole cents, so that sums are exact.
const PRICE_PER_SECOND: u64 = 125;
const COMMISSION_PER_SECOND: u64 = 25;

flagfall::message! {
    enum ToMessages { Add(String), GetAndClear(ReplyTo<Vec<String>>) }
    enum ToTaxi { TakeRide(u64), RideOver(u64) }
    enum ToDispatcher { Open, AssignRide(u64), RideComplete(usize, u64), GetCash(ReplyTo<u64>) }
}

#[derive(Default)]
struct MessageActor(Vec<String>);
impl Actor for MessageActor {
    type Message = ToMessages;
    fn handle(&mut self, message: ToMessages, context: &mut Context<'_, ToMessages>) {
        match message {
            ToMessages::Add(text) => self.0.push(text),
            ToMessages::GetAndClear(reply) => context.reply(reply, std::mem::take(&mut self.0)),
        }
    }
}

struct Taxi {
    driver: usize,
    dispatcher: ActorRef<ToDispatcher>,
    cash: u64,
}
impl Actor for Taxi {
    type Message = ToTaxi;
    fn handle(&mut self, message: ToTaxi, context: &mut Context<'_, ToTaxi>) {
        match message {
            // Busy until the ride is over: the notebook's `time.sleep(duration)`.
            ToTaxi::TakeRide(seconds) => {
                context.hold(Span::from_secs(seconds), ToTaxi::RideOver(seconds));
            }
            ToTaxi::RideOver(seconds) => {
                self.cash += seconds * (PRICE_PER_SECOND - COMMISSION_PER_SECOND);
                let commission = seconds * COMMISSION_PER_SECOND;
                context.send(&self.dispatcher, ToDispatcher::RideComplete(self.driver, commission));
            }
        }
    }
}

const STAFF: [&str; 4] = ["Daniel", "Petra", "Gilbert", "Emilien"];

struct Dispatcher {
    messages: ActorRef<ToMessages>,
    taxis: Vec<ActorRef<ToTaxi>>,
    free: [bool; STAFF.len()],
    cash: u64,
}
impl Actor for Dispatcher {
    type Message = ToDispatcher;
    fn handle(&mut self, message: ToDispatcher, context: &mut Context<'_, ToDispatcher>) {
        match message {
            ToDispatcher::Open => {
                let dispatcher = context.me();
                let employ = |driver| {
                    context.spawn(("taxi", driver as u32), Taxi { driver, dispatcher, cash: 0 })
                };
                self.taxis = (0..STAFF.len()).map(employ).collect();
            }
            ToDispatcher::AssignRide(seconds) => {
                let text = match self.free.iter().position(|free| *free) {
                    Some(driver) => {
                        self.free[driver] = false;
                        context.send(&self.taxis[driver], ToTaxi::TakeRide(seconds));
                        format!("Course de {seconds} secondes envoyée à {}", STAFF[driver])
                    }
                    None => "Tous les taxis sont occupés".to_owned(),
                };
                context.send(&self.messages, ToMessages::Add(text));
            }
            ToDispatcher::RideComplete(driver, commission) => {
                let (amount, name) = (dollars(commission), STAFF[driver]);
                let text = format!("Commission de {amount} reçu de la part de {name}");
                context.send(&self.messages, ToMessages::Add(text));
                self.cash += commission;
                self.free[driver] = true;
            }
            ToDispatcher::GetCash(reply) => context.reply(reply, self.cash),
        }
    }
}

/// Cents as Python prints dollars.
fn dollars(cents: u64) -> String {
    format!("{:?}", cents as f64 / 100.0)
}

async fn simulation(p: Process, dispatcher: ActorRef<ToDispatcher>) {
    let mut durations = p.stream("durations");
    for _ in 0..10 {
        p.send(&dispatcher, ToDispatcher::AssignRide(durations.range(1..=5)));
        p.sleep(Span::from_secs(1)).await;
    }
}

/// The notebook's main program.
async fn driver(p: Process) -> Vec<String> {
    let messages = p.spawn("message actor", MessageActor::default());
    let free = [true; STAFF.len()];
    let dispatcher = Dispatcher { messages, taxis: Vec::new(), free, cash: 0 };
    let dispatcher = p.spawn("dispatcher", dispatcher);
    p.send_after(Span::ZERO, &dispatcher, ToDispatcher::Open);
    // On Ray, its process starts a while after the first poll.
    let name = Spawn::named("simulation").startup(Span::from_millis(365));
    p.process(name, move |p| simulation(p, dispatcher));
    let mut lines = Vec::new();
    for _ in 0..15 {
        let polled = p.ask(&messages, ToMessages::GetAndClear).await.unwrap_or_default();
        lines.push(format!("{polled:?}").replace('"', "'"));
        p.sleep(Span::from_secs(1)).await;
    }
    let cash = p.ask(&dispatcher, ToDispatcher::GetCash).await.unwrap_or_default();
    lines.push(format!("Commission totale collectée {}", dollars(cash)));
    lines
}

/// The lines that the day prints.
pub(crate) fn day(seed: u64) -> Vec<String> {
    let config = Config::new(seed).latency(Latency::Fixed(Span::from_millis(1)));
    let mut day = Simulation::new(config);
    let driver = day.process("driver", driver);
    day.run().expect("the day ends");
    driver.result().expect("the driver's day is over")
}

fn main() {
    day(42).iter().for_each(|line| println!("{line}"));
}
