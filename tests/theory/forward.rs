//! The forward equations of Kolmogorov for Markov chains whose rates change over the day, solved
//! numerically: p'(t) = p(t) Q(t). Of the engine, nothing is used.
//!
//! Over a short step the rates are those of its middle, and p is multiplied by the first terms of
//! the series of e^(Q h). Where rates are constant, the error of a step is of the order of h^5,
//! where they are lines of the order of h^3; `half_the_step_gives_the_same` has the figure.

/// Two numbers, such as those of the customers of two classes.
pub(crate) type State = [usize; 2];

/// A step from one state to another, and how many there are in an hour.
pub(crate) type Flow<'a> = &'a mut dyn FnMut(State, f64);

/// In an hour.
pub(crate) const STEPS: u32 = 20;
const TERMS: u32 = 4;

/// A Markov chain that begins at [0, 0].
pub(crate) struct Chain<'a> {
    /// How many values each number has. Steps beyond them are left out.
    pub(crate) sizes: State,
    /// The steps from a state at an hour.
    pub(crate) flows: &'a dyn Fn(f64, State, Flow),
    /// What a state is at once when the capacity of an hour holds.
    pub(crate) settle: &'a dyn Fn(f64, State) -> State,
}

impl Chain<'_> {
    /// The means of both numbers after each of those whole hours, which rise. Rates and capacities
    /// change at whole hours only.
    pub(crate) fn means(&self, hours: &[u32], steps: u32) -> Vec<[f64; 2]> {
        let mut now = vec![0.0; self.sizes[0] * self.sizes[1]];
        now[0] = 1.0;
        let width = 1.0 / f64::from(steps);
        let mut means = Vec::new();
        for hour in 0..*hours.last().expect("an hour") {
            now = self.settled(f64::from(hour), &now);
            for step in 0..steps {
                let middle = f64::from(hour) + (f64::from(step) + 0.5) * width;
                now = after(&now, &self.matrix(middle), width);
            }
            if hours.contains(&(hour + 1)) {
                means.push(self.mean(&now));
            }
        }
        means
    }

    fn state(&self, at: usize) -> State {
        [at / self.sizes[1], at % self.sizes[1]]
    }

    fn settled(&self, hour: f64, now: &[f64]) -> Vec<f64> {
        let mut next = vec![0.0; now.len()];
        for (at, share) in now.iter().enumerate() {
            let [first, second] = (self.settle)(hour, self.state(at));
            next[first * self.sizes[1] + second] += share;
        }
        next
    }

    /// All steps that can be made: from, to, how many in an hour.
    fn matrix(&self, hour: f64) -> Vec<(usize, usize, f64)> {
        let mut steps = Vec::new();
        for from in 0..self.sizes[0] * self.sizes[1] {
            (self.flows)(hour, self.state(from), &mut |to, rate| {
                if rate > 0.0 && to[0] < self.sizes[0] && to[1] < self.sizes[1] {
                    steps.push((from, to[0] * self.sizes[1] + to[1], rate));
                }
            });
        }
        steps
    }

    fn mean(&self, now: &[f64]) -> [f64; 2] {
        let (mut means, mut edge, mut all) = ([0.0; 2], 0.0, 0.0);
        for (at, share) in now.iter().enumerate() {
            let state = self.state(at);
            for number in 0..2 {
                means[number] += state[number] as f64 * share;
            }
            // A number of few values, such as those in service, has no edge.
            if (0..2).any(|of| self.sizes[of] > 10 && state[of] + 1 == self.sizes[of]) {
                edge += share;
            }
            all += share;
        }
        assert!((all - 1.0).abs() < 1e-9 && edge < 1e-6, "{all} in all, {edge} at the edge");
        means
    }
}

/// The first terms of now e^(Q width).
fn after(now: &[f64], matrix: &[(usize, usize, f64)], width: f64) -> Vec<f64> {
    let (mut term, mut sum) = (now.to_vec(), now.to_vec());
    for number in 1..=TERMS {
        let mut next = vec![0.0; now.len()];
        let share = width / f64::from(number);
        for (from, to, rate) in matrix {
            let flow = term[*from] * rate * share;
            next[*from] -= flow;
            next[*to] += flow;
        }
        for (sum, next) in sum.iter_mut().zip(&next) {
            *sum += next;
        }
        term = next;
    }
    sum
}

/// With infinitely many servers and an empty beginning, the number inside is Poisson, and its mean
/// follows m'(t) = rate(t) - m(t) / service (Eick, Massey and Whitt 1993).
#[test]
fn with_enough_servers_it_is_the_known_mean() {
    let rate = |hour: f64| if hour < 4.0 { 3.0 } else { 1.0 };
    let chain = Chain {
        sizes: [40, 1],
        flows: &|hour, [inside, _], flow| {
            flow([inside + 1, 0], rate(hour));
            flow([inside.wrapping_sub(1), 0], inside as f64 * 0.5);
        },
        settle: &|_, state| state,
    };
    let at_4 = 6.0 * (1.0 - (-2.0_f64).exp());
    let at_10 = 2.0 + (at_4 - 2.0) * (-3.0_f64).exp();
    let found = chain.means(&[4, 10], STEPS);
    for (found, known) in found.iter().zip([at_4, at_10]) {
        assert!((found[0] - known).abs() < 1e-7, "{found:?} {known}");
    }
}
