//! The sentences of the notebook, in French and in English.

use super::python;
use crate::models::message_log::Entry;
use crate::models::taxi_fleet::{Notice, TaxiFleet};
use flagfall::time::Span;
use std::fmt;

/// The language of the systems' own messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Language {
    /// French, as in the notebook
    #[default]
    #[value(name = "fr")]
    French,
    /// English
    #[value(name = "en")]
    English,
}

impl Language {
    /// The sentence that the dispatcher sends to the message actor.
    ///
    /// # Examples
    /// ```
    /// use flagfall::Span;
    /// use flagfall_cli::models::taxi_fleet::{Notice, TaxiFleet};
    /// use flagfall_cli::report::Language;
    ///
    /// let notice = Notice::Assigned { duration: Span::from_secs(2), taxi: 0 };
    /// assert_eq!(
    ///     Language::French.notice(&TaxiFleet::default(), &notice),
    ///     "Course de 2 secondes envoyée à Daniel",
    /// );
    /// ```
    #[must_use]
    pub fn notice(self, fleet: &TaxiFleet, notice: &Notice) -> String {
        let french = self == Self::French;
        match *notice {
            Notice::Assigned { duration, taxi } => {
                let (seconds, driver) = (seconds(duration), fleet.driver_name(taxi));
                if french {
                    format!("Course de {seconds} secondes envoyée à {driver}")
                } else {
                    format!("Ride of {seconds} seconds sent to {driver}")
                }
            }
            Notice::Refused if french => "Tous les taxis sont occupés".to_owned(),
            Notice::Refused => "All taxis are busy".to_owned(),
            Notice::Completed { commission, taxi } => {
                let (commission, driver) =
                    (python::float(commission.dollars()), fleet.driver_name(taxi));
                if french {
                    format!("Commission de {commission} reçu de la part de {driver}")
                } else {
                    format!("Commission of {commission} received from {driver}")
                }
            }
        }
    }

    /// The last line of the taxi day, before the amount.
    #[must_use]
    pub fn total_commission(self) -> &'static str {
        match self {
            Self::French => "Commission totale collectée",
            Self::English => "Total commission collected",
        }
    }
}

impl fmt::Display for Entry {
    /// English in the notebook, too.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Message {} from worker {}.", self.number, self.worker)
    }
}

/// Seconds as Python prints the number that was given: `2`, or `1.5`.
fn seconds(span: Span) -> String {
    match span.whole_secs() {
        Some(secs) => secs.to_string(),
        None => python::float(span.as_secs_f64()),
    }
}
