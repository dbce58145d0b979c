//! What somebody may have meant.

/// ": did you mean ...?" for the known word that differs least.
pub(crate) fn nearest(word: &str, known: &[&str]) -> String {
    let distance = |other: &str| strsim::levenshtein(word, other);
    match known.iter().map(|known| (distance(known), known)).min() {
        Some((distance, known)) if distance <= word.len().div_ceil(3) => {
            format!(": did you mean {known}?")
        }
        _ => format!("; there are {}", known.join(", ")),
    }
}
