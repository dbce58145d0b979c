//! The (s, S) inventory of Law and Kelton, Simulation Modeling and Analysis, section 1.5: at the
//! beginning of each month, a stock below s is ordered up to S.

use flagfall::{
    Measures, arrivals::ArrivalProcess, prelude::*, random::Distribution, statistics::TimeWeighted,
};
use flagfall_cli::OwnModel;
use std::{cell::RefCell, rc::Rc};

/// A month, in which all costs are counted.
pub(crate) const MONTH: Span = Span::from_hours(30 * 24);

/// (s, S) inventory: monthly orders, backlog, costs
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct Inventory {
    /// How many months
    #[arg(long, value_name = "N", default_value_t = 120)]
    pub(crate) months: u32,
    /// Order when there are fewer (s)
    #[arg(long, value_name = "ITEMS", default_value_t = 20)]
    pub(crate) reorder: i64,
    /// Order up to so many (S)
    #[arg(long, value_name = "ITEMS", default_value_t = 40)]
    pub(crate) target: i64,
    /// Items at the start
    #[arg(long, value_name = "ITEMS", default_value_t = 60)]
    pub(crate) items: i64,
    /// When customers come; a month has 30 days
    #[arg(long, default_value = "exponential(mean=3d)")]
    pub(crate) customers: ArrivalProcess,
    /// How many items a customer wants
    #[arg(long, value_parser = super::options::items, default_value = "weighted(1: 1, 2: 2, 2: 3, 1: 4)")]
    pub(crate) demand: Distribution,
    /// Time from an order to the delivery
    #[arg(long, default_value = "uniform(15d, 30d)")]
    pub(crate) delivery: Distribution,
}

/// The level, items on hand and owed over time, and what was paid for orders.
pub(crate) struct Stock {
    level: i64,
    on_hand: TimeWeighted,
    owed: TimeWeighted,
    ordering: f64,
}

impl Stock {
    fn change(&mut self, now: VirtualTime, by: i64) {
        self.level += by;
        self.on_hand.set(now, self.level.max(0)).expect("time goes on");
        self.owed.set(now, (-self.level).max(0)).expect("time goes on");
    }
}

impl OwnModel for Inventory {
    const NAME: &'static str = "inventory";
    type Handles = Rc<RefCell<Stock>>;

    fn start(&self, simulation: &mut Simulation) -> Self::Handles {
        let none = TimeWeighted::new(VirtualTime::ZERO, 0);
        let stock = Stock { level: 0, on_hand: none, owed: none, ordering: 0.0 };
        let stock = Rc::new(RefCell::new(stock));
        stock.borrow_mut().change(VirtualTime::ZERO, self.items);
        let (model, shelf) = (self.clone(), Rc::clone(&stock));
        simulation.process("customers", async move |p| {
            let mut demands = p.stream("demand");
            let customers = model.customers.begin(p.now(), p.stream("times"), p.stream("sizes"));
            for at in customers.one_by_one() {
                p.sleep_until(at).await;
                shelf.borrow_mut().change(p.now(), -model.demand.draw_whole(&mut demands));
            }
        });
        let (model, shelf) = (self.clone(), Rc::clone(&stock));
        simulation.process("orders", async move |p| {
            let mut deliveries = p.stream("delivery");
            for month in 0..model.months {
                let amount = model.target - shelf.borrow().level;
                if amount > model.target - model.reorder {
                    shelf.borrow_mut().ordering += 32.0 + 3.0 * amount as f64;
                    let lag = model.delivery.draw_span(&mut deliveries);
                    let shelf = Rc::clone(&shelf);
                    p.process_apart(("delivery", month), async move |p| {
                        p.sleep(lag).await;
                        shelf.borrow_mut().change(p.now(), amount);
                    });
                }
                p.sleep(MONTH).await;
            }
            p.end_run();
        });
        stock
    }

    fn measure(&self, simulation: &Simulation, stock: &Self::Handles, measures: &mut Measures) {
        let stock = stock.borrow();
        let mean = |level: &TimeWeighted| level.average(simulation.now()).ok()?.mean();
        let months = simulation.now().as_secs_f64() / MONTH.as_secs_f64();
        let ordering = Some(stock.ordering / months);
        let (holding, shortage) = (mean(&stock.on_hand), mean(&stock.owed).map(|owed| 5.0 * owed));
        let cost = ordering.zip(holding).zip(shortage).map(|((a, b), c)| a + b + c);
        for (name, value) in
            [("cost", cost), ("ordering", ordering), ("holding", holding), ("shortage", shortage)]
        {
            measures.add(name, "$", value);
        }
    }
}
