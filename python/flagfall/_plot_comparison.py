"""The differences of a comparison as a plot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flagfall._errors import refused
from flagfall._plots import COLOURS, axes, named, no_shift, percent, plain, titled, with_unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST_PAIRS = 60


def draw(told: dict[str, Any], ax: Any, measure: str | None) -> Axes:
    """What `Comparison.plot` does."""
    measures = {one["name"]: one for one in told["measures"]}
    if not measures:
        raise refused("measure", "cannot be chosen: the comparison has none")
    chosen = next(iter(measures)) if measure is None else named("measure", measure, list(measures))
    pairs = measures[chosen]["pairs"]
    if all(pair["mean"] is None for pair in pairs):
        raise refused("measure", f"is {chosen}, whose differences are undefined")
    if len(pairs) > _MOST_PAIRS:
        raise refused("measure", f"has {len(pairs)} differences, and {_MOST_PAIRS} can be read: "
                                 "compare fewer scenarios, or with against_first=True")  # fmt: skip
    names = [plain(scenario["name"], 40) for scenario in told["scenarios"]]
    labels = [f"{names[pair['first']]} − {names[pair['second']]}" for pair in pairs]
    # Long names take no width from the intervals.
    width = 4.8 + 0.08 * max(map(len, labels))
    axis = axes(ax, (width, 1.7 + 0.34 * max(2, len(pairs))))
    for row, pair in enumerate(pairs):
        _difference(axis, row, pair)
    axis.axvline(0, color=_text_colour(), linewidth=1, linestyle=(0, (4, 3)), zorder=1)
    axis.set_yticks(range(len(pairs)), labels)
    axis.set_ylim(len(pairs) - 0.4, -0.6)
    axis.set_xlabel(f"difference in {with_unit(chosen, measures[chosen]['unit'])}")
    no_shift(axis.xaxis)
    axis.grid(axis="x", alpha=0.3)
    _explain(axis, told, pairs)
    return axis


def _difference(axis: Axes, row: int, pair: dict[str, Any]) -> None:
    """A difference with its interval. One that is not established is hollow and grey."""
    if pair["mean"] is None:
        axis.text(0, row, "  undefined", va="center", fontsize="small")
        return
    colour = COLOURS[0] if pair["established"] else COLOURS[7]
    if pair["low"] is not None:
        ends = [[pair["mean"] - pair["low"]], [pair["high"] - pair["mean"]]]
        axis.errorbar([pair["mean"]], [row], xerr=ends, color=colour, capsize=4, linewidth=1.8)
    fill = colour if pair["established"] else axis.get_facecolor()
    axis.plot([pair["mean"]], [row], "o", color=colour, markerfacecolor=fill, markersize=7, zorder=3)
    if pair["low"] is None:
        note = plain(pair["text"] or "no interval")
        axis.annotate(note, (pair["mean"], row), (8, 0), textcoords="offset points", va="center",
                      fontsize="small")  # fmt: skip


def _text_colour() -> str:
    import matplotlib

    colour: str = matplotlib.rcParams["text.color"]
    return colour


def _explain(axis: Axes, told: dict[str, Any], pairs: list[dict[str, Any]]) -> None:
    level = percent(told["level"])
    kind = "simultaneous " if len(pairs) > 1 else ""
    second = f"{told['replications']} replications of each"
    if told["failed"]:
        second += f"; {len(told['failed'])} failed"
    if any(not pair["established"] for pair in pairs):
        second += "; hollow: not established"
    titled(axis, f"Differences with {kind}{level} intervals", second)
