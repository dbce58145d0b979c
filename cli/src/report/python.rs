//! Values as Python prints them.

/// A float as Python's `repr` has it: the shortest digits that give the same
/// float, always with a point or an exponent.
///
/// # Examples
/// ```
/// use flagfall_cli::report::python::float;
///
/// assert_eq!(float(7.0), "7.0");
/// assert_eq!(float(0.25), "0.25");
/// assert_eq!(float(1e16), "1e+16");
/// assert_eq!(float(0.00001), "1e-05");
/// assert_eq!(float(f64::NAN), "nan");
/// ```
#[must_use]
pub fn float(value: f64) -> String {
    if value.is_nan() {
        return "nan".to_owned();
    }
    let text = format!("{value:?}");
    // Both print the shortest digits and switch to exponents below 1e-4 and
    // from 1e16; Python signs the exponent and gives it two digits.
    match text.split_once('e') {
        None => text,
        Some((digits, exponent)) => {
            let digits = digits.strip_suffix(".0").unwrap_or(digits);
            format!("{digits}e{}", exponent_of(exponent))
        }
    }
}

/// `16` as `+16`, `-5` as `-05`.
pub(super) fn exponent_of(exponent: &str) -> String {
    let (sign, digits) = match exponent.strip_prefix('-') {
        Some(digits) => ('-', digits),
        None => ('+', exponent),
    };
    format!("{sign}{digits:0>2}")
}

/// A text as Python's `repr` has it: in single quotes, unless it contains
/// one and no double quote.
///
/// # Examples
/// ```
/// use flagfall_cli::report::python::string;
///
/// assert_eq!(string("Course envoyée à Daniel"), "'Course envoyée à Daniel'");
/// assert_eq!(string("l'arbre"), "\"l'arbre\"");
/// assert_eq!(string("a\n"), "'a\\n'");
/// ```
#[must_use]
pub fn string(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push(quote);
    for c in text.chars() {
        match c {
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c if c == quote => quoted.extend(['\\', c]),
            c if is_printable(c) => quoted.push(c),
            c => match u32::from(c) {
                code @ ..0x100 => quoted.push_str(&format!("\\x{code:02x}")),
                code @ 0x100..0x1_0000 => quoted.push_str(&format!("\\u{code:04x}")),
                code => quoted.push_str(&format!("\\U{code:08x}")),
            },
        }
    }
    quoted.push(quote);
    quoted
}

/// Whether Python prints the character as it is. Rust's own debug format
/// agrees, except for combining marks at the start of a text; hence the letter before.
fn is_printable(c: char) -> bool {
    c == ' ' || c.is_alphanumeric() || c.is_ascii_punctuation() || {
        !c.is_control() && !format!("{:?}", format!("a{c}")).contains('\\')
    }
}

/// A list of texts as Python prints it: `['a', 'b']`.
///
/// # Examples
/// ```
/// use flagfall_cli::report::python::list;
///
/// assert_eq!(list(["DONE", "RUNNING"]), "['DONE', 'RUNNING']");
/// assert_eq!(list(Vec::<String>::new()), "[]");
/// ```
#[must_use]
pub fn list<T: AsRef<str>>(items: impl IntoIterator<Item = T>) -> String {
    let items: Vec<String> = items.into_iter().map(|item| string(item.as_ref())).collect();
    format!("[{}]", items.join(", "))
}
