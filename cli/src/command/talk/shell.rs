//! Commands to be copied into a shell.

use crate::words::one_line;

/// A command with those words.
pub(crate) fn shell_line(program: &str, words: impl IntoIterator<Item = String>) -> String {
    let words: Vec<String> = words.into_iter().map(quoted).collect();
    format!("{program} {}", words.join(" "))
}

fn quoted(word: String) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_=./:,@%+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word
    } else if word.contains(char::is_control) {
        // What bash, zsh and ksh read back as it was; it stays on its line.
        let word = word.replace('\\', r"\\").replace('\'', r"\'");
        format!("$'{}'", one_line(&word))
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}
