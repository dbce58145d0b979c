"""Draws the picture of docs/speed.md from the measurements of one run:

    cargo run --release -- --no-simpy --json measured.json
    python plot.py measured.json ../../docs/images/peers.png

For each workload, the median time of each engine divided by that of flagfall with nothing set, on a
logarithmic axis. Needs matplotlib.
"""

import collections
import json
import statistics
import sys

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot

MARKS = {"flagfall-bare": "|", "odem-rs": "s", "desim": "D", "simrs": "^", "nexosim": "o", "simpy": "x"}
NAMES = {"flagfall-bare": "flagfall bare", "nexosim": "NeXosim", "simpy": "SimPy"}


def medians(measured):
    """The median nanoseconds per unit by workload and engine, in the order of the run."""
    times = collections.defaultdict(lambda: collections.defaultdict(list))
    for one in measured["measurements"]:
        times[one["workload"]][one["engine"]].append(one["seconds"] * 1e9 / one["count"])
    return {
        workload: {engine: statistics.median(values) for engine, values in engines.items()}
        for workload, engines in times.items()
    }


def draw(rows, title, path):
    figure, axes = pyplot.subplots(figsize=(8, 0.32 * len(rows) + 1.4), layout="constrained")
    for place, engines in enumerate(rows.values()):
        for engine, time in engines.items():
            if engine in MARKS:
                axes.plot(
                    time / engines["flagfall"],
                    place,
                    MARKS[engine],
                    color=f"C{list(MARKS).index(engine)}",
                    markersize=7,
                    label=NAMES.get(engine, engine),
                )
    axes.axvline(1, color="black", linewidth=1)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter("{x:g}")
    axes.set_yticks(range(len(rows)), rows)
    axes.invert_yaxis()
    axes.grid(axis="x", which="both", alpha=0.3)
    axes.set_xlabel("time divided by flagfall's with nothing set (right of 1: slower)")
    axes.set_title(title, fontsize="medium")
    handles = dict(zip(*reversed(axes.get_legend_handles_labels())))
    figure.legend(handles.values(), handles, loc="outside lower center", ncols=6, frameon=False)
    figure.savefig(path, dpi=110)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: plot.py MEASURED.json PICTURE")
    with open(sys.argv[1], encoding="utf-8") as file:
        measured = json.load(file)
    draw(medians(measured), f"{measured['machine']}, {measured['date']}", sys.argv[2])
