//! Suggestions for words that are not known.

/// ": did you mean ...?" with the most similar of the known words, or all of them.
pub(crate) fn nearest(word: &str, known: &[&str]) -> String {
    let distance = |other: &str| strsim::levenshtein(word, other);
    match known.iter().map(|known| (distance(known), known)).min() {
        Some((distance, known)) if distance <= word.len().div_ceil(3) => {
            format!(": did you mean {known}?")
        }
        _ => format!("; there are {}", known.join(", ")),
    }
}
