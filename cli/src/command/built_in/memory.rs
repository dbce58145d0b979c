//! Refuses options of built-in systems that would take too much memory, before the run begins.

/// What a run of a built-in system may keep, in bytes.
const MOST: u128 = 2 << 30;

/// One kind of things that a run keeps: the options that ask for it, how many there are, and the
/// bytes of each (measured, rounded up).
pub(super) struct Kept(pub(super) String, pub(super) u128, pub(super) u128);

impl Kept {
    /// As many as one option says.
    pub(super) fn by(option: &str, many: u64, bytes: u128) -> Self {
        Self(format!("{option} {many}"), u128::from(many), bytes)
    }

    /// As many as two options say together.
    pub(super) fn by_both(one: (&str, u64), other: (&str, u64), bytes: u128) -> Self {
        let text = format!("{} {} with {} {}", one.0, one.1, other.0, other.1);
        Self(text, u128::from(one.1) * u128::from(other.1), bytes)
    }

    fn bytes(&self) -> u128 {
        self.1.saturating_mul(self.2)
    }
}

/// Refuses things that take too much together, and names the options of the largest.
pub(super) fn check(kept: &[Kept]) -> Result<(), String> {
    let all = kept.iter().map(Kept::bytes).fold(0, u128::saturating_add);
    let Some(largest) = kept.iter().max_by_key(|kept| kept.bytes()).filter(|_| all > MOST) else {
        return Ok(());
    };
    Err(format!(
        "{}: the run would keep about {} MB in memory; the limit is {} MB: choose smaller values",
        largest.0,
        all / 1_000_000,
        MOST / 1_000_000
    ))
}
