"""Finds the order of simultaneous events under which `taxi_day.py` prints each recorded day.

    python find_taxi_orders.py > ../../../fixtures/ray/taxi_orders.json

It turns single ties round, and keeps a choice if more of the day is as it was recorded, from its
beginning on. What it does not find so, it looks up in a search of all orders, which takes a minute.
Call it when a change of the model has moved the numbers of events: the test says so.
"""

import json
import pathlib
import re
import subprocess
import sys

import flagfall
from flagfall.ray import _launch

FOLDER = pathlib.Path(__file__).parents[3] / "fixtures" / "ray"
#: How late processes start: as on an idle machine, or on a busy one.
STARTUPS = ("350ms", "600ms")
#: The most events that can come next which are tried.
MOST = 4


def recorded():
    """What Ray printed on each day, with the seed of the day."""
    runs = json.loads((FOLDER / "taxi_runs.json").read_text(encoding="utf-8"))["runs"]
    for run in runs:
        lines = [*map(str, run["polls"]), f"Commission totale collectée {run['total_commission']}"]
        yield run["seed"], run["rep"], "".join(f"{line}\n" for line in lines)


def printed(seed, ties="fifo", **options):
    """What the program prints, and how many events the run has."""
    run = flagfall.run(
        "ray", program=FOLDER / "taxi_day.py", argument=[str(seed)], ties=ties, **options
    )
    return _launch.made[0].printed(), run.events


def text_of(choices):
    return ",".join(f"{event}={choice}" for event, choice in sorted(choices.items())) or "fifo"


def agreement(one, other):
    """How many messages and polls are the same, from the beginning on."""
    parts = [re.split(r"(?<=[,\n])", text) for text in (one, other)]
    count = 0
    for left, right in zip(*parts):
        if left != right:
            return count
        count += 1
    return count


def tried(seed, choices, options):
    try:
        return printed(seed, text_of(choices), **options)
    except flagfall.RunError:
        # There is no such choice.
        return None


def order_of(seed, wanted, options):
    """The choices, or `None` if turning round one tie after another does not lead there."""
    choices = {}
    text, events = printed(seed, **options)
    best = agreement(text, wanted)
    while text != wanted:
        found = None
        for event in range(max(choices, default=0) + 1, events + 1):
            for choice in range(1, MOST):
                made = tried(seed, {**choices, event: choice}, options)
                if made is None:
                    break
                if agreement(made[0], wanted) > best:
                    best, found, text = agreement(made[0], wanted), {event: choice}, made[0]
        if found is None:
            return None
        choices |= found
        print(f"  {best}: {text_of(choices)}", file=sys.stderr)
    return choices


def searched(seed, wanted, startup):
    """The choices in the list of all outcomes, or `None` if it is not among them."""
    words = ["--quiet", "--json", "--latency=0", f"--startup={startup}", "--samples=1"]
    words += [f"--program={FOLDER / 'taxi_day.py'}", f"--argument={seed}"]
    made = subprocess.run(
        [sys.executable, "-m", "flagfall", "ties", "ray", *words], stdout=subprocess.PIPE, check=True
    )
    for outcome in json.loads(made.stdout)["outcomes"]:
        ties = outcome["result"].get("ties", "fifo")
        if printed(seed, ties, latency="0", startup=startup)[0] == wanted:
            return ties
    return None


def found(seed, wanted):
    """How late processes start, and the choices."""
    for startup in STARTUPS:
        choices = order_of(seed, wanted, {"latency": "0", "startup": startup})
        if choices is not None:
            return startup, text_of(choices)
    for startup in STARTUPS:
        ties = searched(seed, wanted, startup)
        if ties is not None:
            return startup, ties
    raise SystemExit(f"a day of seed {seed} is not among the outcomes")


def main():
    known, days = {}, []
    for seed, repetition, wanted in recorded():
        print(f"seed {seed}, repetition {repetition}", file=sys.stderr)
        if (seed, wanted) not in known:
            known[seed, wanted] = found(seed, wanted)
        startup, ties = known[seed, wanted]
        days.append({"seed": seed, "rep": repetition, "startup": startup, "ties": ties})
    json.dump({"days": days}, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
