//! What the random programs are made of.

use proptest::prelude::*;

/// How long somebody waits.
#[derive(Clone, Copy, Debug)]
pub(super) enum Patience {
    Endless,
    For(u64),
    UntilInterrupted,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    Sleep(u64),
    Interrupt(usize),
    Kill(usize),
    Put(Patience),
    PutWithin(u64),
    PutOrGiveUp(Patience),
    PutBoth(Patience),
    Get(Patience),
    GetOdd(Patience),
    GetBoth(Patience),
    GetBothOrSome(Patience),
    GetAny(Patience),
    Hold { patience: Patience, millis: u64 },
    HoldBoth(Patience),
    HoldAny(Patience),
    Fill { amount: u64, patience: Patience },
    FillBoth { amount: u64, patience: Patience },
    Draw { amount: u64, patience: Patience },
    DrawBoth { amount: u64, patience: Patience },
    PutSoonAfterGet(Patience),
}

fn patience() -> impl Strategy<Value = Patience> {
    prop_oneof![
        1 => Just(Patience::Endless),
        6 => (0_u64..3).prop_map(Patience::For),
        2 => Just(Patience::UntilInterrupted),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let amount = || 1_u64..3;
    prop_oneof![
        6 => (0_u64..3).prop_map(Step::Sleep),
        3 => (0_usize..6).prop_map(Step::Interrupt),
        2 => (0_usize..6).prop_map(Step::Kill),
        4 => patience().prop_map(Step::Put),
        2 => (0_u64..3).prop_map(Step::PutWithin),
        2 => patience().prop_map(Step::PutOrGiveUp),
        2 => patience().prop_map(Step::PutBoth),
        4 => patience().prop_map(Step::Get),
        1 => patience().prop_map(Step::GetOdd),
        2 => patience().prop_map(Step::GetBoth),
        2 => patience().prop_map(Step::GetBothOrSome),
        2 => patience().prop_map(Step::GetAny),
        3 => (patience(), 0_u64..3).prop_map(|(patience, millis)| Step::Hold { patience, millis }),
        1 => patience().prop_map(Step::HoldBoth),
        1 => patience().prop_map(Step::HoldAny),
        2 => (amount(), patience()).prop_map(|(amount, patience)| Step::Fill { amount, patience }),
        1 => (amount(), patience())
            .prop_map(|(amount, patience)| Step::FillBoth { amount, patience }),
        2 => (amount(), patience()).prop_map(|(amount, patience)| Step::Draw { amount, patience }),
        1 => (amount(), patience())
            .prop_map(|(amount, patience)| Step::DrawBoth { amount, patience }),
        1 => patience().prop_map(Step::PutSoonAfterGet),
    ]
}

pub(super) fn programs() -> impl Strategy<Value = Vec<Vec<Step>>> {
    prop::collection::vec(prop::collection::vec(step(), 1..5), 2..6)
}
