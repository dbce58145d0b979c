"""A program has one digest for a seed: in each run, and under each order of sets."""

from digests import HASH_SEEDS, PROGRAMS, compared


def test_twenty_programs_repeat_under_any_hash_seed():
    seeds = 2
    runs, different = compared(seeds)
    assert runs == 2 * seeds * len(PROGRAMS) * len(HASH_SEEDS)
    assert len(PROGRAMS) == 20
    assert not different
