//! A tie policy in copies of a simulation.

use super::{Marks, Ties};

impl Ties {
    /// The same for a copy of the run, between two events.
    pub(in crate::simulation) fn fork(&self) -> Self {
        debug_assert!(self.order.as_ref().is_none_or(|order| !order.is_open), "between events");
        let Marks { on, everything, touched } = &self.marks;
        let marks = Marks { on: *on, everything: everything.clone(), touched: touched.clone() };
        Self { order: self.order.clone(), marks }
    }
}
