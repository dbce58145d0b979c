"""The means of a study as a plot."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from flagfall import _flagfall
from flagfall._errors import refused, shown
from flagfall._function import level_text
from flagfall._plots import COLOURS, DASHES, MARKERS, axes, named, no_shift, percent, plain, titled
from flagfall._plots import with_unit as label_of
from flagfall._words import text_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST_TICKS = 12
_MOST_LINES = len(COLOURS)
_MOST_SEARCHED = 500
"""Among more points than that, no place is searched for the legend."""


def draw(manifest: dict[str, Any], summary: dict[str, Any], ax: Any, measure: str | None,
         against: str | None, at: Mapping[str, Any] | None) -> Axes:  # fmt: skip
    """What `Study.plot` does."""
    measures = [one["name"] for one in summary["measures"]]
    if not measures:
        raise refused("measure", "cannot be chosen: the study has none")
    chosen = measures[0] if measure is None else named("measure", measure, measures)
    place = measures.index(chosen)
    factors = {factor["name"]: factor["levels"] for factor in manifest["factors"]}
    held = _held(factors, at)
    factor = _factor(factors, held, against)
    lines = _lines(manifest, summary, (factor, held), place)
    drawn = [one for line in lines.values() for one in line.values() if one["mean"] is not None]
    if not drawn:
        raise refused("measure", f"is {chosen}, which is undefined at all of these points")
    axis = axes(ax)
    _means(axis, lines, factors[factor] if factor else [""])
    _ticks(axis, factor, factors)
    axis.set_ylabel(label_of(chosen, summary["measures"][place]["unit"]))
    no_shift(axis.yaxis)
    axis.grid(axis="y", alpha=0.3)
    _legend(axis, [name for name in factors if name != factor and name not in held], lines)
    _title(axis, manifest, (summary, drawn), held)
    return axis


def _held(factors: dict[str, list[str]], at: Mapping[str, Any] | None) -> dict[str, str]:
    """The factors that stay at one level."""
    if at is None:
        return {}
    if not isinstance(at, Mapping):
        raise refused("at", f'is of type {type(at).__name__}: give levels by name, as {{"fleet": 2}}')
    held = {}
    for name, level in at.items():
        known = named("at", name, list(factors))
        texts = _texts(level)
        text = next((text for text in texts if text in factors[known]), None)
        if text is None:
            raise refused("at", f"has {name} at {shown(texts[0])}: there are {', '.join(factors[known])}")
        held[known] = text
    return held


def _texts(level: Any) -> list[str]:
    """How a level may be written: in a grid of a model, spans are other texts than in that of a
    function."""
    if isinstance(level, str):
        return [level]
    if isinstance(level, (list, tuple)):
        return [",".join(texts) for texts in zip(*map(_texts, level))] or [""]
    of_model = text_of("at", level) if isinstance(level, datetime.timedelta) else str(level)
    return [of_model, level_text("at", level)]


def _factor(factors: dict[str, list[str]], held: dict[str, str], against: str | None) -> str | None:
    """The factor on the axis: the first one that varies, if none is named."""
    free = [name for name in factors if name not in held]
    if against is not None:
        return named("against", against, free)
    varying = [name for name in free if len(factors[name]) > 1]
    return next(iter(varying or free), None)


def _lines(manifest: dict[str, Any], summary: dict[str, Any],
           chosen: tuple[str | None, dict[str, str]], place: int) -> dict[tuple[str, ...], Any]:  # fmt: skip
    """What is drawn: for the levels of the other factors, a line of the numbers of the measure at
    each place on the axis."""
    factor, held = chosen
    names = [one["name"] for one in manifest["factors"]]
    levels_of = {one["name"]: one["levels"] for one in manifest["factors"]}
    lines: dict[tuple[str, ...], dict[int, Any]] = {}
    for asked, point in zip(manifest["points"], summary["points"]):
        levels = dict(zip(names, asked["levels"]))
        if any(levels[name] != level for name, level in held.items()):
            continue
        others = tuple(level for name, level in levels.items() if name != factor and name not in held)
        here = levels_of[factor].index(levels[factor]) if factor else 0
        lines.setdefault(others, {})[here] = point["measures"][place]
    if len(lines) > _MOST_LINES:
        free = [name for name in names if name != factor and name not in held]
        example = {free[-1]: levels_of[free[-1]][0]}
        raise refused("at", f"leaves {len(lines)} lines, and {_MOST_LINES} can be told apart: "
                            f"hold a factor at one level, as at={example}")  # fmt: skip
    return lines


def _places(levels: list[str]) -> tuple[list[float], bool]:
    """Where levels stand on the axis: at their numbers, unless those are words or too close."""
    values = _flagfall.levels(levels)
    if values is not None and len(values) > 1:
        ordered = sorted(values)
        gaps = [high - low for low, high in zip(ordered, ordered[1:])]
        if min(gaps) >= 0.04 * (ordered[-1] - ordered[0]):
            return values, True
    return [float(place) for place in range(len(levels))], False


def _means(axis: Axes, lines: dict[tuple[str, ...], Any], levels: list[str]) -> None:
    """Means with their intervals. Lines that meet stand side by side."""
    places, _ = _places(levels)
    ordered = sorted(places)
    span = ordered[-1] - ordered[0] or 1.0
    gap = min((high - low for low, high in zip(ordered, ordered[1:])), default=1.0)
    step = min(0.012 * span, 0.5 * gap / max(1, len(lines)))
    for number, line in enumerate(lines.values()):
        shift = (number - (len(lines) - 1) / 2) * step
        known = sorted((places[here], one) for here, one in line.items() if one["mean"] is not None)
        colour, marker = COLOURS[number], MARKERS[number]
        x = [place + shift for place, _ in known]
        axis.plot(x, [one["mean"] for _, one in known], color=colour, linestyle=DASHES[number], linewidth=1.5)
        for one_x, (_, one) in zip(x, known):
            if one["low"] is not None:
                ends = [[one["mean"] - one["low"]], [one["high"] - one["mean"]]]
                axis.errorbar([one_x], [one["mean"]], yerr=ends, color=colour, capsize=4, linewidth=1.5)
            fill = "none" if one["low"] is None else colour
            axis.plot([one_x], [one["mean"]], marker, color=colour, markerfacecolor=fill, markersize=6)
    axis.set_xlim(ordered[0] - 0.08 * span, ordered[-1] + 0.08 * span)


def _ticks(axis: Axes, factor: str | None, factors: dict[str, list[str]]) -> None:
    """The axis of the factor, with its levels as they were given."""
    if factor is None:
        axis.set_xticks([])
        return
    levels = factors[factor]
    places, are_values = _places(levels)
    name = plain(factor)
    if are_values and len(levels) > _MOST_TICKS:
        # There is no room for all levels: the axis has numbers, and spans are in seconds.
        no_shift(axis.xaxis)
        axis.set_xlabel(name if all(_is_number(level) for level in levels) else f"{name} (s)")
        return
    labels = [plain(level, 24) for level in levels]
    crowded = len(labels) * max(map(len, labels)) > 60
    turned: dict[str, Any] = {"rotation": 35, "ha": "right", "rotation_mode": "anchor"} if crowded else {}
    axis.set_xticks(places, labels, **turned)
    uneven = not are_values and len(levels) > 1 and _flagfall.levels(levels) is not None
    axis.set_xlabel(f"{name} (levels at equal distances)" if uneven else name)


def _is_number(level: str) -> bool:
    try:
        float(level)
    except ValueError:
        return False
    return True


def _legend(axis: Axes, others: list[str], lines: dict[tuple[str, ...], Any]) -> None:
    from matplotlib.lines import Line2D

    if len(lines) < 2:
        return
    handles = [
        Line2D([], [], color=COLOURS[number], linestyle=DASHES[number], marker=MARKERS[number])
        for number in range(len(lines))
    ]
    if len(others) == 1:
        labels = [plain(levels[0], 24) for levels in lines]
        title = plain(others[0], 24)
    else:
        labels = [plain(", ".join(f"{name} {level}" for name, level in zip(others, levels)), 48)
                  for levels in lines]  # fmt: skip
        title = None
    # To find the best place takes long among many points, and matplotlib warns of it.
    count = sum(len(line) for line in lines.values())
    place: Literal["best", "upper right"] = "best" if count <= _MOST_SEARCHED else "upper right"
    axis.legend(handles, labels, title=title, handlelength=3.5, loc=place)


def _title(axis: Axes, manifest: dict[str, Any], told: tuple[dict[str, Any], list[Any]],
           held: dict[str, str]) -> None:  # fmt: skip
    summary, drawn = told
    where = "".join(f", {name} {level}" for name, level in held.items())
    first = plain(f"{manifest['model']}{where}: mean and {percent(manifest['level'])} confidence interval", 90)
    counts = [one["count"] for one in drawn]
    made = f"{min(counts)}" if min(counts) == max(counts) else f"{min(counts)} to {max(counts)}"
    second = f"{made} replication{'' if made == '1' else 's'} at each point"
    failed = sum(point["failed"] for point in summary["points"])
    if failed:
        second += f"; {failed} failed and are in no mean"
    if any(one["low"] is None for one in drawn):
        second += "; hollow: no interval"
    titled(axis, first, second)
