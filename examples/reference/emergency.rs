//! An emergency department: a nurse sorts the patients into classes, a doctor sees the most urgent
//! first, then a nurse treats them. Who waits too long for the doctor leaves unseen.

use flagfall::{
    Measures,
    arrivals::ArrivalProcess,
    collect::Tally,
    prelude::*,
    random::Distribution,
    resource::{Claim, Shortage},
    schedule::Schedule,
};
use flagfall_cli::OwnModel;

use super::options::{kind, staff};

const CLASSES: [&str; 3] = ["emergency", "urgent", "minor"];

/// Emergency department: triage, shifts, patients who leave unseen
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct Emergency {
    /// How long
    #[arg(long, default_value = "7d")]
    pub(crate) time: Span,
    /// When patients come
    #[arg(long, default_value = "rates(per=1h, daily(0: 3, 8h: 8, 12h: 9, 20h: 6))")]
    pub(crate) arrivals: ArrivalProcess,
    /// Shifts of the doctors
    #[arg(long, value_parser = staff, default_value = "daily(0: 2, 8h: 4, 16h: 5, 23h: 2)")]
    pub(crate) doctors: Schedule<u64>,
    /// Shifts of the nurses
    #[arg(long, value_parser = staff, default_value = "daily(0: 2, 7h: 3, 15h: 4, 23h: 2)")]
    pub(crate) nurses: Schedule<u64>,
    /// Class: 0 emergency, 1 urgent, 2 minor
    #[arg(long, value_parser = kind, default_value = "weighted(0.1: 0, 0.35: 1, 0.55: 2)")]
    pub(crate) class: Distribution,
    /// Time of a nurse to find the class
    #[arg(long, default_value = "triangular(2min, 4min, 9min)")]
    pub(crate) triage: Distribution,
    /// Time of a doctor for an emergency
    #[arg(long, default_value = "lognormal(mean=60min, cv=0.7)")]
    pub(crate) emergency: Distribution,
    /// Time of a doctor for an urgent patient
    #[arg(long, default_value = "lognormal(mean=35min, cv=0.6)")]
    pub(crate) urgent: Distribution,
    /// Time of a doctor for a minor complaint
    #[arg(long, default_value = "lognormal(mean=18min, cv=0.5)")]
    pub(crate) minor: Distribution,
    /// Time of a nurse after the doctor
    #[arg(long, default_value = "gamma(shape=2, scale=8min)")]
    pub(crate) treatment: Distribution,
    /// How long urgent and minor patients wait for a doctor
    #[arg(long, default_value = "lognormal(mean=2h, cv=0.6)")]
    pub(crate) patience: Distribution,
}

impl OwnModel for Emergency {
    const NAME: &'static str = "emergency";
    type Handles = ([Resource; 2], [Tally; 3]);

    fn start(&self, simulation: &mut Simulation) -> Self::Handles {
        simulation.set_horizon(Some(VirtualTime::ZERO + self.time));
        let [doctors, nurses] =
            [("doctors", &self.doctors), ("nurses", &self.nurses)].map(|(name, shifts)| {
                Resource::scheduled(simulation, name, shifts.clone(), Shortage::Finish)
            });
        let waits = CLASSES.map(|class| Tally::of(simulation, ("wait", class), "s", []));
        let model = self.clone();
        simulation.process("door", async move |p| {
            let mut classes = p.stream("class");
            let mut streams =
                ["triage", "service", "treatment", "patience"].map(|purpose| p.stream(purpose));
            let arrivals = model.arrivals.begin(p.now(), p.stream("times"), p.stream("sizes"));
            for (number, at) in (0..).zip(arrivals.one_by_one()) {
                p.sleep_until(at).await;
                let class = model.class.draw_whole(&mut classes) as usize;
                let service = [&model.emergency, &model.urgent, &model.minor][class];
                let spans = [&model.triage, service, &model.treatment, &model.patience];
                let [triage, service, treatment, patience] =
                    std::array::from_fn(|of| spans[of].draw_span(&mut streams[of]));
                let patience = if class == 0 { model.time } else { patience };
                p.process_apart(("patient", number), async move |p| {
                    nurses.serve(&p, Claim::new(), triage).await.expect("no claim preempts");
                    let claim = doctors.acquire_as(&p, Claim::new().priority(class as i32));
                    let Ok(doctor) = p.timeout(patience, claim).await else { return };
                    waits[class].record(&p, p.now() - at);
                    p.sleep(service).await;
                    drop(doctor);
                    let behind = Claim::new().priority(1);
                    nurses.serve(&p, behind, treatment).await.expect("no claim preempts");
                });
            }
        });
        ([doctors, nurses], waits)
    }

    fn measure(&self, simulation: &Simulation, open: &Self::Handles, measures: &mut Measures) {
        let [doctors, nurses] = open.0.map(|staff| staff.statistics(simulation));
        for (class, waits) in CLASSES.iter().zip(open.1) {
            measures.add(format!("wait_{class}"), "s", waits.tally(simulation).mean());
        }
        measures
            .count("seen", doctors.granted)
            .share("left_share", doctors.withdrawn, doctors.granted + doctors.withdrawn)
            .share_of("doctor_utilisation", doctors.utilisation)
            .share_of("nurse_utilisation", nurses.utilisation)
            .add("doctor_overtime", "1", doctors.mean_overtime);
    }
}
