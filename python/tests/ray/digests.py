"""Digests of many Ray programs under many seeds, in interpreters with other orders of sets.

    python digests.py --seeds 200

Each interpreter runs each program under each seed twice. All digests of a program under a seed are
to be the same. `test_digests.py` does the same with fewer seeds.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys

FOLDER = pathlib.Path(__file__).parents[3] / "fixtures" / "ray"
PROGRAMS = (
    "taxi_day", "conformance/actor_kill_restart", "conformance/async_gather_refs",
    "conformance/error_crash_retries", "conformance/generator_pipeline",
    "conformance/object_nested_get", "conformance/pattern_bank",
    "conformance/pattern_dining_philosophers", "conformance/pattern_hyperparameters",
    "conformance/pattern_leader_election", "conformance/pattern_map_reduce",
    "conformance/pattern_monte_carlo", "conformance/pattern_parameter_server",
    "conformance/pattern_pubsub", "conformance/pattern_supervisor",
    "conformance/pattern_work_stealing", "conformance/pool_unordered",
    "conformance/queue_producer_consumer", "conformance/schedule_mixed_sizes",
    "conformance/task_many",
)  # fmt: skip
HASH_SEEDS = ("0", "1", "12345")


def digests(seeds):
    """The digests of two runs of each program under each seed, in this interpreter."""
    import flagfall

    def digest(program, seed):
        return flagfall.run("ray", program=FOLDER / f"{program}.py", seed=seed).digest

    return {
        f"{program}, seed {seed}": [digest(program, seed) for _ in range(2)]
        for program in PROGRAMS
        for seed in range(seeds)
    }


def of_interpreter(hash_seed, seeds):
    """The same, in another interpreter."""
    made = subprocess.run(
        [sys.executable, __file__, "--own", f"--seeds={seeds}"], stdout=subprocess.PIPE, check=True,
        env={**os.environ, "PYTHONHASHSEED": hash_seed}, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    return json.loads(made.stdout.splitlines()[-1])


def compared(seeds, hash_seeds=HASH_SEEDS):
    """How many runs were made, and those with more than one digest."""
    every = [of_interpreter(hash_seed, seeds) for hash_seed in hash_seeds]
    found = {name: {digest for one in every for digest in one[name]} for name in every[0]}
    runs = sum(len(pair) for one in every for pair in one.values())
    return runs, {name: some for name, some in found.items() if len(some) > 1}


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seeds", type=int, default=200)
    options.add_argument("--own", action="store_true", help="print those of this interpreter alone")
    given = options.parse_args()
    if given.own:
        print(json.dumps(digests(given.seeds)))
        return
    runs, different = compared(given.seeds)
    print(f"{runs} runs of {len(PROGRAMS)} programs under {given.seeds} seeds")
    print(f"with more than one digest: {different or 'none'}")
    sys.exit(bool(different))


if __name__ == "__main__":
    main()
