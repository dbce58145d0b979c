//! The model: customers at the tills of a shop.

use flagfall::prelude::*;
use flagfall::{Measures, Series};
use std::cell::RefCell;
use std::rc::Rc;

/// Customers at the tills of a shop, in one line
#[derive(clap::Args, Clone, Debug)]
pub struct Till {
    /// How many tills are open
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    pub tills: u64,
    /// How many customers come in a row
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub customers: u32,
    /// Mean span between two of them
    #[arg(long, value_name = "SPAN", default_value = "90s")]
    pub every: Span,
    /// Mean span that a customer is served
    #[arg(long, value_name = "SPAN", default_value = "60s")]
    pub service: Span,
    /// Customers leave when they have waited so long [default: they wait for ever]
    #[arg(long, value_name = "SPAN")]
    pub patience: Option<Span>,
    /// Ten customers come at once at these times
    #[arg(long, value_name = "TIMES", value_delimiter = ',')]
    pub rush: Vec<Span>,
    /// Customers come at regular spans, not at random ones
    #[arg(long)]
    pub regular: bool,
}

/// The shop while it is open.
pub struct Open {
    tills: Resource,
    waits: Rc<RefCell<Vec<Span>>>,
}

impl Till {
    /// Opens the shop.
    pub fn open(&self, simulation: &mut Simulation) -> Open {
        let tills = Resource::new(simulation, "tills", self.tills);
        let shop = Shop { till: self.clone(), tills, waits: Rc::default() };
        let open = Open { tills, waits: Rc::clone(&shop.waits) };
        for (number, time) in self.rush.iter().copied().enumerate() {
            let shop = shop.clone();
            simulation.process(("rush", number as u32), async move |p| {
                p.sleep(time).await;
                for customer in 0..10 {
                    shop.enter(&p, ("late", 10 * number as u32 + customer));
                }
            });
        }
        simulation.process("door", async move |p| {
            let mut gaps = p.stream("gaps");
            for customer in 0..shop.till.customers {
                shop.enter(&p, ("customer", customer));
                let every = shop.till.every;
                p.sleep(if shop.till.regular { every } else { gaps.exponential(every) }).await;
            }
        });
        open
    }

    /// Whether the line can be kept short.
    pub fn check_load(&self) -> Result<(), String> {
        let load = self.service.as_secs_f64() / (self.every.as_secs_f64() * self.tills as f64);
        if load < 1.0 || self.patience.is_some() {
            return Ok(());
        }
        Err(format!(
            "customers come faster than {} can serve them, and the line never ends: raise --tills \
             or --every, or let customers leave by --patience",
            if self.tills == 1 { "one till".to_owned() } else { format!("{} tills", self.tills) }
        ))
    }
}

#[derive(Clone)]
struct Shop {
    till: Till,
    tills: Resource,
    waits: Rc<RefCell<Vec<Span>>>,
}

impl Shop {
    /// A customer comes in.
    fn enter(&self, p: &Process, name: (&'static str, u32)) {
        let shop = self.clone();
        p.process_apart(name, async move |p| {
            // Drawn before the wait, so that it is the same with more tills.
            let service = p.stream("service").exponential(shop.till.service);
            let begin = p.now();
            let served = match shop.till.patience {
                None => Some(shop.tills.acquire(&p).await),
                Some(patience) => p.timeout(patience, shop.tills.acquire(&p)).await.ok(),
            };
            if let Some(_held) = served {
                shop.waits.borrow_mut().push(p.now() - begin);
                p.sleep(service).await;
            }
        });
    }
}

impl Open {
    /// The numbers that a day comes to.
    pub fn measure(&self, simulation: &Simulation, measures: &mut Measures) {
        let tills = self.tills.statistics(simulation);
        let waits = self.waits.borrow();
        let waited = waits.iter().filter(|wait| !wait.is_zero()).count() as u64;
        measures
            .count("served", tills.granted)
            .count("left", tills.withdrawn)
            .share("waited_share", waited, waits.len() as u64)
            .span("mean_wait", tills.mean_wait)
            .span("longest_wait", waits.iter().max().copied());
    }

    /// What each customer has waited.
    pub fn waits(&self) -> Series {
        let values = self.waits.borrow().iter().map(|wait| wait.as_secs_f64()).collect();
        Series { name: "wait".into(), unit: "s".into(), values, batch: 1 }
    }
}
