//! The distributions by name, with checked parameters.

mod composed;
mod continuous;
mod whole;
