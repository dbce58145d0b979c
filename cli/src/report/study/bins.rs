//! How often values occur: bars for plots.
//!
//! Bars may not be taller than their neighbours because more values fit into them: where all
//! values are multiples of a step (shares of 200 rides, whole seconds), each bin holds the
//! same number of possible values.

/// Up to this many values have a bar each, wherever they lie.
const MOST_VALUES: usize = 24;

/// Up to this many possible values have a bar each where they lie on a lattice.
const MOST_STEPS: usize = 64;

/// How many bins there are of values that are more; on a lattice about this many.
const BINS: usize = 24;

/// The fewest bins on a lattice, or one fewer where they come out even.
const FEWEST_BINS: usize = 12;

/// On a finer lattice, what fits into a bin hardly differs from bin to bin.
const FINEST: f64 = 1e5;

/// A bar that is this many times as tall as the next makes the others too small to see.
const SQUASHED: f64 = 3.0;

/// How often values occur at each point, in bars that are the same at all points.
#[derive(Clone, Debug, PartialEq)]
pub struct Bins {
    /// Where the bars stand: the values themselves, or the edges of bins, one more than
    /// there are bins. The last bin has its upper edge, the others do not. None lies
    /// beyond the values: no axis shows an impossible value.
    pub places: Vec<f64>,
    /// Whether they are edges.
    pub edges: bool,
    /// For each point the number of values in each bar.
    pub counts: Vec<Vec<u64>>,
}

/// Where values lie that are all multiples of one step, counted from the least.
#[derive(Clone, Copy, Debug)]
struct Lattice {
    least: f64,
    step: f64,
    /// How many values there can be from the least to the most.
    values: usize,
}

impl Lattice {
    /// The coarsest lattice on which all values lie, unless it is too fine to matter.
    fn of(values: &(impl Iterator<Item = f64> + Clone), least: f64, most: f64) -> Option<Self> {
        let range = most - least;
        // What decimals and quotients are rounded by, many times over.
        let tolerance = (range * 1e-9).max(least.abs().max(most.abs()) * 1e-14);
        let finest = range / FINEST;
        if !range.is_finite() || tolerance * 10.0 > finest {
            return None;
        }
        let mut step = range;
        for value in values.clone() {
            step = common_step(step, value - least, tolerance);
            if step < finest {
                return None;
            }
        }
        let steps = libm::round(range / step);
        let lattice = Self { least, step: range / steps, values: steps as usize + 1 };
        let is_on = |value: f64| {
            let place = (value - least) / lattice.step;
            (place - libm::round(place)).abs() < 0.01
        };
        values.clone().all(is_on).then_some(lattice)
    }

    /// Which of the possible values it is.
    fn number(self, value: f64) -> usize {
        libm::round((value - self.least) / self.step) as usize
    }

    /// How many possible values each bin holds: so that as little as can be of the last bin
    /// lies beyond the values, with about [`BINS`] bins.
    fn width(self) -> usize {
        let bins = |width: usize| self.values.div_ceil(width);
        let beyond = |width: usize| (bins(width) * width - self.values) as f64 / width as f64;
        let widths = self.values.div_ceil(MOST_STEPS)..=self.values.div_ceil(FEWEST_BINS);
        let better = |a: &usize, b: &usize| {
            // Twice as many is as far off as half as many.
            let off = |width: usize| bins(width).max(BINS) as f64 / bins(width).min(BINS) as f64;
            beyond(*a).total_cmp(&beyond(*b)).then(off(*a).total_cmp(&off(*b)))
        };
        widths.min_by(better).unwrap_or(1)
    }

    /// The edges of bins of `width` possible values: between two of them, and at the ends
    /// the least and the most.
    fn edges(self, width: usize, most: f64) -> Vec<f64> {
        let inner = (1..self.values.div_ceil(width))
            .map(|bin| self.least + ((bin * width) as f64 - 0.5) * self.step);
        std::iter::once(self.least).chain(inner).chain([most]).collect()
    }
}

/// The largest step of which both are multiples, as far as rounding tells (Euclid).
fn common_step(mut a: f64, mut b: f64, tolerance: f64) -> f64 {
    while b > tolerance {
        let rest = a % b;
        (a, b) = (b, if b - rest <= tolerance { 0.0 } else { rest });
    }
    a
}

impl Bins {
    /// Counts values, each with the point that it was observed at; those that are missing
    /// or not finite are left out.
    ///
    /// Cost: three passes and a sort of the distinct values while they are few.
    ///
    /// # Panics
    /// If a point is not below `points`.
    #[must_use]
    pub fn of<'a>(
        points: usize,
        values: &(impl Iterator<Item = (usize, &'a Option<f64>)> + Clone),
    ) -> Self {
        let known = || {
            values.clone().filter_map(|(at, value)| Some((at, value.filter(|v| v.is_finite())?)))
        };
        let mut distinct: Vec<f64> = Vec::new();
        let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
        for (_, value) in known() {
            (least, most) = (least.min(value), most.max(value));
            if distinct.len() > MOST_STEPS {
                continue;
            }
            if let Err(place) = distinct.binary_search_by(|held| held.total_cmp(&(value + 0.0))) {
                distinct.insert(place, value + 0.0);
            }
        }
        let few = distinct.len() <= MOST_VALUES;
        let lattice =
            if few { None } else { Lattice::of(&known().map(|(_, value)| value), least, most) };
        if few || lattice.is_some_and(|lattice| lattice.values <= MOST_STEPS) {
            return Self::counted(distinct, false, points, known());
        }
        let Some(lattice) = lattice else {
            // Halves first: the width of the range itself may be too large for a number.
            let at = |edge: usize| edge as f64 / BINS as f64;
            let edges = (0..=BINS).map(|edge| least * (1.0 - at(edge)) + most * at(edge));
            return Self::counted(edges.collect(), true, points, known());
        };
        let width = lattice.width();
        let places = lattice.edges(width, most);
        let mut counts = vec![vec![0; places.len() - 1]; points];
        // By number, as an edge is not known better than a value.
        known().for_each(|(point, value)| counts[point][lattice.number(value) / width] += 1);
        Self { places, edges: true, counts }
    }

    /// Counts values by their places.
    fn counted(
        places: Vec<f64>,
        edges: bool,
        points: usize,
        values: impl Iterator<Item = (usize, f64)>,
    ) -> Self {
        let bars = places.len() - usize::from(edges);
        let mut counts = vec![vec![0; bars]; points];
        for (point, value) in values {
            let after = places.partition_point(|place| *place <= value);
            let bar = after.saturating_sub(1).min(bars.saturating_sub(1));
            counts[point][bar] += 1;
        }
        Self { places, edges, counts }
    }

    /// The share of a point's values up to which bars can be drawn in one scale, and whether
    /// taller ones have to be cut: a bar of all values would hide neighbours that
    /// have a twentieth each. At most one bar per point is cut.
    #[must_use]
    pub fn scale(&self) -> (f64, bool) {
        let mut shares: Vec<f64> = Vec::new();
        for counts in &self.counts {
            let all = counts.iter().sum::<u64>().max(1) as f64;
            shares.extend(counts.iter().filter(|count| **count > 0).map(|n| *n as f64 / all));
        }
        shares.sort_by(|a, b| b.total_cmp(a));
        let tall = shares.windows(2).take(self.counts.len());
        let gap = tall.clone().find(|pair| pair[0] > SQUASHED * pair[1]);
        match gap {
            Some(pair) => (1.5 * pair[1], true),
            None => (shares.first().copied().unwrap_or(1.0), false),
        }
    }
}
