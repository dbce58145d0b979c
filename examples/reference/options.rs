//! Options that not every value of their type fits.

use flagfall::{random::Distribution, schedule::Schedule};

/// A number from 0 to 1.
pub(crate) fn share(text: &str) -> Result<f64, String> {
    let share = text.parse().map_err(|_| "write a number from 0 to 1".to_owned())?;
    match (0.0..=1.0).contains(&share) {
        true => Ok(share),
        false => Err("a share is a number from 0 to 1".to_owned()),
    }
}

/// A distribution of the numbers 0, 1 and 2.
pub(crate) fn kind(text: &str) -> Result<Distribution, String> {
    let remedy = "there are 0, 1 and 2: write one of them, or weighted(0.3: 0, 0.5: 1, 0.2: 2)";
    whole(text, 2.0, remedy)
}

/// A distribution of whole numbers, none of them negative.
pub(crate) fn items(text: &str) -> Result<Distribution, String> {
    whole(text, f64::INFINITY, "write a distribution of whole numbers, 0 or more")
}

fn whole(text: &str, most: f64, remedy: &str) -> Result<Distribution, String> {
    let numbers: Distribution = text.parse().map_err(|error| format!("{error}"))?;
    let (low, high) = numbers.support();
    match numbers.is_whole() && low >= 0.0 && high <= most {
        true => Ok(numbers),
        false => Err(remedy.to_owned()),
    }
}

/// How many are there at each time: at some time, there is somebody.
pub(crate) fn staff(text: &str) -> Result<Schedule<u64>, String> {
    let shifts: Schedule<u64> = text.parse().map_err(|error| format!("{error}"))?;
    let is_staffed = shifts.values().any(|count| *count > 0);
    match is_staffed {
        true => Ok(shifts),
        false => Err("nobody would ever be there: write a number above 0".to_owned()),
    }
}
