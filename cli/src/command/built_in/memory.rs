//! The memory that the options of a built-in system ask for, bounded before the run
//! begins: whoever runs out of it in the middle is killed, and loses all.

/// What a run of a built-in system may keep, in bytes.
const MOST: u128 = 2 << 30;

/// One thing that a run keeps: what to say of it, how many there are, and how many
/// bytes each takes, measured and rounded up.
pub(super) struct Kept(pub(super) String, pub(super) u128, pub(super) u128);

impl Kept {
    /// As many as an option says.
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

/// Refuses what would take too much, and names what takes the most of it.
pub(super) fn check(kept: &[Kept]) -> Result<(), String> {
    let all = kept.iter().map(Kept::bytes).fold(0, u128::saturating_add);
    let Some(largest) = kept.iter().max_by_key(|kept| kept.bytes()).filter(|_| all > MOST) else {
        return Ok(());
    };
    Err(format!(
        "{}: the run would keep about {} MB in memory, and may keep {} MB: choose less",
        largest.0,
        all / 1_000_000,
        MOST / 1_000_000
    ))
}
