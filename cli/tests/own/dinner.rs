//! A dinner for two with one fork and one knife: in one order of asking they wait for
//! each other for ever.

use flagfall::{Measures, Resource, Simulation, Span};
use flagfall_cli::OwnModel;
use std::panic::panic_any;

#[derive(Clone, Copy, PartialEq, clap::ValueEnum)]
enum Order {
    /// Both take the fork first
    Same,
    /// Anna takes the fork first, and Bert the knife
    Crossed,
    /// As same, but what the panic at the end carries panics again when it is dropped
    Bomb,
}

/// Two who eat with one fork and one knife
#[derive(clap::Args)]
pub(crate) struct Dinner {
    /// Who takes what first
    #[arg(long, value_enum, default_value = "same")]
    order: Order,
    /// How long a meal takes
    #[arg(long, default_value = "10min")]
    meal: Span,
}

struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("and another one");
    }
}

impl OwnModel for Dinner {
    const NAME: &'static str = "dinner";
    type Handles = Resource;

    fn start(&self, simulation: &mut Simulation) -> Resource {
        let fork = Resource::new(simulation, "fork", 1);
        let knife = Resource::new(simulation, "knife", 1);
        let (order, meal) = (self.order, self.meal);
        for (name, is_crossed) in [("anna", false), ("bert", order == Order::Crossed)] {
            let (first, second) = if is_crossed { (knife, fork) } else { (fork, knife) };
            simulation.process(name, async move |p| {
                let _first = first.acquire(&p).await;
                p.sleep(Span::from_secs(1)).await;
                let _second = second.acquire(&p).await;
                p.sleep(meal).await;
                if order == Order::Bomb {
                    panic_any(Bomb);
                }
            });
        }
        fork
    }

    fn measure(&self, simulation: &Simulation, fork: &Resource, measures: &mut Measures) {
        measures.count("meals", fork.statistics(simulation).granted);
        measures.add("fork_used", "1", fork.statistics(simulation).utilisation);
    }
}
