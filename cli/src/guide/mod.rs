//! How to get from a model to an answer: a tutorial, pages of tasks, and what the
//! statistics mean.
//!
//! | page | for whom |
//! |---|---|
//! | [`tutorial`] | who does a first study: from one day of the taxi fleet to the number of taxis |
//! | [`studies`] | who has a task: a sweep from a file, Parquet, a comparison, a page |
//! | [`statistics`] | who wants to know what an interval says, and when not to believe it |
//!
//! There is no code in this room. Every command on its pages is run by a test, and what
//! they show is what it printed (`cli/tests/guide/`).

pub mod statistics {
    #![doc = include_str!("statistics.md")]
}

pub mod studies {
    #![doc = include_str!("studies.md")]
}

pub mod tutorial {
    #![doc = include_str!("tutorial.md")]
}
