//! Distributions: against SciPy, against their own draws, and as texts.

mod bits;
mod draws;
mod scipy;
mod texts;

use bits::{LAWS, law, stream};
