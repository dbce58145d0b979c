//! How often values occur: bars for plots.

/// Values that are fewer than this have a bar each.
const MOST_VALUES: usize = 24;

/// How many bins there are of values that are more.
const BINS: usize = 24;

/// How often values occur at each point, in bars that are the same at all points.
#[derive(Clone, Debug, PartialEq)]
pub struct Bins {
    /// Where the bars stand: the values themselves, or the edges of bins, one more than
    /// there are bins. The last bin has its upper edge, the others do not.
    pub places: Vec<f64>,
    /// Whether they are edges.
    pub edges: bool,
    /// For each point the number of values in each bar.
    pub counts: Vec<Vec<u64>>,
}

impl Bins {
    /// Counts values, each with the point that it was observed at; those that are missing
    /// or not finite are left out.
    ///
    /// Cost: one pass and a sort of the distinct values while they are few.
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
            if distinct.len() > MOST_VALUES {
                continue;
            }
            if let Err(place) = distinct.binary_search_by(|held| held.total_cmp(&(value + 0.0))) {
                distinct.insert(place, value + 0.0);
            }
        }
        let edges = distinct.len() > MOST_VALUES;
        let places: Vec<f64> = if edges {
            // Halves first: the width of the range itself may be too large for a number.
            let at = |edge: usize| edge as f64 / BINS as f64;
            (0..=BINS).map(|edge| least * (1.0 - at(edge)) + most * at(edge)).collect()
        } else {
            distinct
        };
        let bars = if edges { BINS } else { places.len() };
        let mut counts = vec![vec![0; bars]; points];
        for (point, value) in known() {
            let after = places.partition_point(|place| *place <= value);
            let bar = after.saturating_sub(1).min(bars.saturating_sub(1));
            counts[point][bar] += 1;
        }
        Self { places, edges, counts }
    }
}
