//! Both worlds side by side, and the smallest program on which they differ.

use super::log::Line;
use super::program::{How, Program, Step, What};
use super::{engine, naive};
use std::fmt::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Carries a program out in both worlds; where they first differ.
pub fn difference(program: &Program) -> Option<String> {
    let engine = caught(|| engine::run(program));
    let naive = caught(|| naive::run(program));
    let (engine, naive) = match (engine, naive) {
        (Ok(engine), Ok(naive)) => (engine, naive),
        (Err(panic), _) => return Some(format!("the engine panics: {panic}")),
        (_, Err(panic)) => return Some(format!("the naive world panics: {panic}")),
    };
    if engine == naive {
        return None;
    }
    let same = engine.iter().zip(&naive).take_while(|(one, two)| one == two).count();
    let mut text = String::new();
    let line = |log: &[Line]| log.get(same).map_or("nothing more".to_owned(), |l| format!("{l:?}"));
    for before in &engine[same.saturating_sub(12)..same] {
        let _ = writeln!(text, "     both: {before:?}");
    }
    let _ = writeln!(text, "   engine: {}", line(&engine));
    let _ = writeln!(text, "reference: {}", line(&naive));
    Some(text)
}

fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| {
        let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
    })
}

/// Cuts a program down as long as the two worlds differ on it.
pub fn shrink(program: &Program) -> Program {
    let mut small = program.clone();
    // What is tried may panic on the way; it is told in the end.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    while let Some(smaller) = candidates(&small).into_iter().find(|one| difference(one).is_some()) {
        small = smaller;
    }
    std::panic::set_hook(hook);
    small
}

/// Programs with one thing less.
fn candidates(program: &Program) -> Vec<Program> {
    let mut all = Vec::new();
    let mut with = |change: &dyn Fn(&mut Program)| {
        let mut other = program.clone();
        change(&mut other);
        if other != *program {
            all.push(other);
        }
    };
    for place in 0..program.cast.len() {
        with(&|other| _ = other.cast.remove(place));
    }
    for script in 0..program.scripts.len() {
        with(&|other| {
            // What is not played need not be there.
            other.scripts[script].clear();
        });
        for step in 0..program.scripts[script].len() {
            with(&|other| _ = other.scripts[script].remove(step));
        }
    }
    for script in 0..program.scripts.len() {
        for step in 0..program.scripts[script].len() {
            let Step::Await(how, what) = &program.scripts[script][step] else { continue };
            let mut put = |how: How, what: What| {
                with(&|other| other.scripts[script][step] = Step::Await(how, what.clone()));
            };
            match how {
                How::InterruptiblyWithin(span) => {
                    put(How::Within(*span), what.clone());
                    put(How::Interruptibly, what.clone());
                }
                How::Patiently => {}
                _ => put(How::Patiently, what.clone()),
            }
            if let What::Any(one, two) | What::All(one, two) | What::Gather(one, two) = what {
                put(*how, What::One(*one));
                put(*how, What::One(*two));
            }
        }
    }
    for place in 0..program.cast.len() {
        with(&|other| other.cast[place].1 = 0);
        let played = program.cast[place].0 % program.scripts.len();
        with(&|other| other.cast[place].0 = played);
    }
    for less in 1..program.horizon.min(3) {
        with(&|other| other.horizon -= less);
    }
    all
}
