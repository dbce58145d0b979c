//! Reading fault plans.

use super::rule::{Factor, Kind, LinkFaults, Rule, Since, UNITS, Window};
use super::{FaultPlan, Latency};
use crate::actor::{Pattern, is_special};
use crate::time::VirtualTime;
use std::fmt;
use std::str::FromStr;

/// Why a text is not a fault plan: the place, the problem and the remedy.
///
/// # Examples
/// ```
/// use flagfall::FaultPlan;
///
/// let error = "link a -> b loss 0.1\nlink a -> c loss 10%".parse::<FaultPlan>().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "line 2, column 18: `10%` is not a probability: write a number from 0 to 1, like 0.05",
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ParsePlanError {
    /// The line, from 1.
    pub line: usize,
    /// The character in the line, from 1.
    pub column: usize,
    /// What is wrong there and what to write instead.
    pub problem: String,
}

impl fmt::Display for ParsePlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.problem)
    }
}

impl std::error::Error for ParsePlanError {}

impl FromStr for FaultPlan {
    type Err = ParsePlanError;

    /// Reads one rule per line. Empty lines and comments after a `#` are skipped.
    fn from_str(text: &str) -> Result<Self, ParsePlanError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let lines = (1..).zip(text.lines()).map(|(number, line)| Line::new(number, line));
        lines.filter(|line| !line.is_over()).map(rule).collect()
    }
}

impl FromStr for Rule {
    type Err = ParsePlanError;

    /// Reads one line of a plan.
    fn from_str(text: &str) -> Result<Self, ParsePlanError> {
        rule(Line::new(1, text))
    }
}

type Parsed<T> = Result<T, ParsePlanError>;

/// A line and how far it has been read.
struct Line<'a> {
    number: usize,
    text: &'a str,
    /// In bytes; never on a space.
    at: usize,
}

impl<'a> Line<'a> {
    fn new(number: usize, text: &'a str) -> Self {
        let mut line = Self { number, text, at: 0 };
        line.skip_space();
        line
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn is_over(&self) -> bool {
        self.rest().is_empty() || self.rest().starts_with('#')
    }

    fn skip_space(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    fn error(&self, at: usize, problem: impl Into<String>) -> ParsePlanError {
        let column = self.text[..at].chars().count() + 1;
        ParsePlanError { line: self.number, column, problem: problem.into() }
    }

    fn error_here(&self, problem: impl Into<String>) -> ParsePlanError {
        self.error(self.at, problem)
    }

    /// The next word, for an error.
    fn found(&self) -> String {
        let word = self.rest().split(|c: char| c.is_whitespace()).next().unwrap_or_default();
        if self.is_over() { "the line ends".to_owned() } else { format!("`{word}`") }
    }

    /// Reads a sign or a word if it comes next.
    fn eat(&mut self, sign: &str) -> bool {
        let Some(rest) = self.rest().strip_prefix(sign) else { return false };
        let is_word = sign.ends_with(|c: char| c.is_alphanumeric());
        if is_word && rest.starts_with(|c: char| !c.is_whitespace() && c != '#') {
            return false;
        }
        self.at += sign.len();
        self.skip_space();
        true
    }

    fn expect(&mut self, sign: &str, shape: &str) -> Parsed<()> {
        if self.eat(sign) {
            return Ok(());
        }
        let found = self.found();
        Err(self.error_here(format!("{found} where `{sign}` should be: write `{shape}`")))
    }

    /// Reads all up to the next space.
    fn word(&mut self) -> (usize, &'a str) {
        let (at, rest) = (self.at, self.rest());
        let end = rest.find(|c: char| c.is_whitespace() || c == '#').unwrap_or(rest.len());
        self.at += end;
        self.skip_space();
        (at, &rest[..end])
    }

    /// Reads a value. The error of its type says what is wrong.
    fn value<T: FromStr<Err: fmt::Display>>(&mut self) -> Parsed<T> {
        let (at, word) = self.word();
        word.parse().map_err(|error| self.error(at, format!("{error}")))
    }

    fn pattern(&mut self, shape: &str) -> Parsed<Pattern> {
        let rest = self.rest();
        if rest.starts_with('"') {
            return self.quoted();
        }
        let end = rest.find(is_special).unwrap_or(rest.len());
        let end = rest.find("->").map_or(end, |arrow| arrow.min(end));
        if end == 0 {
            let found = self.found();
            return Err(self.error_here(format!("{found} where a path should be: write `{shape}`")));
        }
        self.at += end;
        self.skip_space();
        Ok(Pattern::from(&rest[..end]))
    }

    fn quoted(&mut self) -> Parsed<Pattern> {
        let mut name = String::new();
        let mut chars = self.rest().char_indices().skip(1);
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => {
                    self.at += at + 1;
                    self.skip_space();
                    return Ok(Pattern::from(name));
                }
                '\\' => match chars.next() {
                    Some((_, 'n')) => name.push('\n'),
                    Some((_, 'r')) => name.push('\r'),
                    Some((_, c @ ('"' | '\\'))) => name.push(c),
                    _ => {
                        let problem = r#"a `\` stands before ", \, n or r: write `\\` for itself"#;
                        return Err(self.error(self.at + at, problem));
                    }
                },
                c => name.push(c),
            }
        }
        Err(self.error_here("a path in quotes does not end: write the second `\"`"))
    }

    fn patterns(&mut self, shape: &str) -> Parsed<Vec<Pattern>> {
        let mut patterns = vec![self.pattern(shape)?];
        while self.eat(",") {
            patterns.push(self.pattern(shape)?);
        }
        Ok(patterns)
    }

    /// Reads `from T to U`, or `from T`, if it comes next.
    fn window(&mut self) -> Parsed<Option<Window>> {
        if !self.eat("from") {
            return Ok(None);
        }
        let from: VirtualTime = self.value()?;
        let at = self.at;
        let to = if self.eat("to") { self.value()? } else { VirtualTime::MAX };
        if from >= to {
            let problem = format!("nothing is from {from} to {to}: write the earlier time first");
            return Err(self.error(at, problem));
        }
        Ok(Some(Window { from, to }))
    }

    fn end(&self, shape: &str) -> Parsed<()> {
        if self.is_over() {
            return Ok(());
        }
        let found = self.found();
        Err(self.error_here(format!("{found} is too much: write `{shape}`")))
    }
}

fn rule(mut line: Line<'_>) -> Parsed<Rule> {
    let kind = if line.eat("link") {
        link(&mut line)?
    } else if line.eat("partition") {
        let shape = "partition A,B | C from 10s to 20s";
        let one = line.patterns(shape)?;
        line.expect("|", shape)?;
        let sides = [one, line.patterns(shape)?];
        let window = line.window()?.unwrap_or(Window::ALWAYS);
        line.end(shape)?;
        Kind::Partition { sides, window }
    } else if line.eat("crash") {
        let shape = "crash A at 30s` or `crash A after exponential:1h";
        let who = line.pattern(shape)?;
        let since = if line.eat("after") {
            Since::Birth
        } else {
            line.expect("at", shape)?;
            Since::Start
        };
        let span = line.value()?;
        line.end(shape)?;
        Kind::Crash { who, since, span }
    } else if line.eat("slow") {
        let shape = "slow A by 2.5 from 10s to 20s";
        let who = line.pattern(shape)?;
        line.expect("by", shape)?;
        let factor = factor(&mut line)?;
        let window = line.window()?.unwrap_or(Window::ALWAYS);
        line.end(shape)?;
        Kind::Slow { who, factor, window }
    } else {
        let found = line.found();
        return Err(line.error_here(format!(
            "{found} is not a rule: begin with link, partition, crash or slow"
        )));
    };
    Ok(Rule(kind))
}

fn link(line: &mut Line<'_>) -> Parsed<Kind> {
    const SHAPE: &str = "link A -> B loss 0.1";
    const PARTS: &str = "latency 2ms, bandwidth 1MB/s, size 1500B, loss 0.1, duplicate 0.1, \
                         or from 10s to 20s";
    let from = line.pattern(SHAPE)?;
    line.expect("->", SHAPE)?;
    let to = line.pattern(SHAPE)?;
    let mut faults = LinkFaults::new();
    while !line.is_over() {
        let at = line.at;
        let twice = if line.eat("latency") {
            faults.latency.replace(line.value::<Latency>()?).is_some()
        } else if line.eat("bandwidth") {
            faults.bandwidth.replace(bytes(line, "/s", "1MB/s")?).is_some()
        } else if line.eat("size") {
            faults.size.replace(bytes(line, "", "1500B")?).is_some()
        } else if line.eat("loss") {
            faults.loss.replace(probability(line)?).is_some()
        } else if line.eat("duplicate") {
            faults.duplicate.replace(probability(line)?).is_some()
        } else if let Some(window) = line.window()? {
            // A window that is always open is no window.
            faults.window = Some(window).filter(|window| *window != Window::ALWAYS);
            line.end("from 10s to 20s` at the end of a line, `link A -> B loss 0.1 from 10s")?;
            false
        } else {
            let found = line.found();
            return Err(line.error_here(format!("{found} is not of links: write {PARTS}")));
        };
        if twice {
            return Err(line.error(at, "it was said already: say it once on each line"));
        }
    }
    if faults == LinkFaults::new() {
        return Err(line.error_here(format!("nothing happens on this link: write {PARTS}")));
    }
    Ok(Kind::Link { from, to, faults })
}

fn probability(line: &mut Line<'_>) -> Parsed<f64> {
    let (at, word) = line.word();
    let plain = !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let number = word.parse::<f64>().ok().filter(|p| plain && (0.0..=1.0).contains(p));
    number.ok_or_else(|| {
        let remedy = "write a number from 0 to 1, like 0.05";
        line.error(at, format!("`{word}` is not a probability: {remedy}"))
    })
}

/// Reads a number of bytes, or of bytes a second.
fn bytes(line: &mut Line<'_>, per: &str, example: &str) -> Parsed<u64> {
    let (at, word) = line.word();
    let read = || {
        let size = word.strip_suffix(per)?;
        let (unit, factor) = UNITS.iter().find(|(unit, _)| size.ends_with(unit))?;
        let number: u64 = size.strip_suffix(unit)?.parse().ok()?;
        number.checked_mul(*factor).filter(|bytes| per.is_empty() || *bytes > 0)
    };
    read().ok_or_else(|| {
        let what = if per.is_empty() { "a size" } else { "a bandwidth" };
        let remedy = format!("write a whole number of B, kB, MB or GB, like {example}");
        line.error(at, format!("`{word}` is not {what}: {remedy}"))
    })
}

fn factor(line: &mut Line<'_>) -> Parsed<Factor> {
    let (at, word) = line.word();
    let read = || {
        let (whole, decimals) = word.split_once('.').unwrap_or((word, "0"));
        let decimals = decimals.trim_end_matches('0');
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(decimals) || decimals.len() > 3 {
            return None;
        }
        let decimals: u64 = format!("{decimals:0<3}").parse().ok()?;
        let thousandths = whole.parse::<u64>().ok()?.checked_mul(Factor::ONE)?;
        Factor::of_thousandths(thousandths.checked_add(decimals)?)
    };
    read().ok_or_else(|| {
        let remedy = "write a number from 1 to 1000000 with at most three decimals, like 2.5";
        line.error(at, format!("`{word}` is not how much slower it gets: {remedy}"))
    })
}
