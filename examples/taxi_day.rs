//! A day of a taxi fleet, on the engine alone: the `MessageActor`, `Taxi`, `Dispatcher` and
//! `Simulation` of a Ray notebook. `docs/taxi-day.md` has the Python beside the Rust.
//!
//! ```sh
//! cargo run --example taxi_day
//! ```

use flagfall::SpawnOptions;
use flagfall::prelude::*;

/// Money is whole cents, so that sums are exact.
const PRICE_PER_SECOND: u64 = 125;
const COMMISSION_PER_SECOND: u64 = 25;

flagfall::message! {
    enum ToMessages { Add(String), GetAndClear(ReplyTo<Vec<String>>) }
    enum ToDispatcher { AssignRide(u64), RideComplete(usize, u64), GetCash(ReplyTo<u64>) }
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

/// The taxi of a driver. Its messages are rides, each as a length in seconds.
async fn taxi(p: Process<u64>, driver: usize, dispatcher: ActorRef<ToDispatcher>) {
    let mut _cash = 0; // as in the notebook, no call reads it
    loop {
        let seconds = p.receive().await;
        p.sleep(Span::from_secs(seconds)).await;
        _cash += seconds * (PRICE_PER_SECOND - COMMISSION_PER_SECOND);
        let commission = seconds * COMMISSION_PER_SECOND;
        p.send(&dispatcher, ToDispatcher::RideComplete(driver, commission));
    }
}

const STAFF: [&str; 4] = ["Daniel", "Petra", "Gilbert", "Emilien"];

async fn dispatcher(p: Process<ToDispatcher>, messages: ActorRef<ToMessages>) {
    let (me, mut cash, mut free) = (p.me(), 0, STAFF.map(|_| true));
    let employ = |driver: usize| p.process_receiving(STAFF[driver], move |p| taxi(p, driver, me));
    let taxis: Vec<_> = (0..STAFF.len()).map(employ).collect();
    let say = |text: String| p.send(&messages, ToMessages::Add(text));
    loop {
        match p.receive().await {
            ToDispatcher::AssignRide(seconds) => match free.iter().position(|free| *free) {
                Some(driver) => {
                    say(format!("Course de {seconds} secondes envoyée à {}", STAFF[driver]));
                    free[driver] = false;
                    p.send(&taxis[driver], seconds);
                }
                None => say("Tous les taxis sont occupés".to_owned()),
            },
            ToDispatcher::RideComplete(driver, commission) => {
                let amount = dollars(commission);
                say(format!("Commission de {amount} reçu de la part de {}", STAFF[driver]));
                cash += commission;
                free[driver] = true;
            }
            ToDispatcher::GetCash(reply) => p.reply(reply, cash),
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

/// The notebook's main program: the lines that it prints.
async fn driver(p: Process) -> Vec<String> {
    let messages = p.spawn("message actor", MessageActor::default());
    let dispatcher = *p.process_receiving("dispatcher", move |p| dispatcher(p, messages));
    // On Ray, its process starts a while after the first poll.
    let name = SpawnOptions::named("simulation").startup(Span::from_millis(365));
    p.process(name, move |p| simulation(p, dispatcher));
    let mut lines = Vec::new();
    for _ in 0..15 {
        let polled = p.ask(&messages, ToMessages::GetAndClear).await.expect("it lives");
        lines.push(format!("{polled:?}").replace('"', "'"));
        p.sleep(Span::from_secs(1)).await;
    }
    let cash = p.ask(&dispatcher, ToDispatcher::GetCash).await.expect("it lives");
    lines.push(format!("Commission totale collectée {}", dollars(cash)));
    lines
}

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
