//! Command lines to copy into a shell.

use crate::words::one_line;

pub(crate) fn shell_line(program: &str, words: impl IntoIterator<Item = String>) -> String {
    let words: Vec<String> = words.into_iter().map(quoted).collect();
    format!("{program} {}", words.join(" "))
}

fn quoted(word: String) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_=./:,@%+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word
    } else if word.contains(char::is_control) {
        // bash, zsh and ksh read this back; it stays on one line.
        let word = word.replace('\\', r"\\").replace('\'', r"\'");
        format!("$'{}'", one_line(&word))
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}
