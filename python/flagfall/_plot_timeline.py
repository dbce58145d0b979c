"""A run over virtual time as a plot: what the page of a report shows of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flagfall._errors import refused, shown
from flagfall._plots import COLOURS, axes, named, no_shift, plain, titled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from flagfall._timeline import Timeline

_MOST_ACTORS = 40
_MOST_TEXTS = 400
_BAR, _BAR_EDGE, _WAIT = "#9CC4E4", COLOURS[0], COLOURS[4]
_ARROW, _LOST = "#8C6D31", COLOURS[1]
_UNITS = [("s", 1e9, 1e-1), ("ms", 1e6, 1e-4), ("µs", 1e3, 1e-7), ("ns", 1.0, 0.0)]


class _Shown:
    """What is drawn: the rows of actors, and the unit of the axis."""

    def __init__(self, timeline: Timeline, actors: Sequence[str] | None) -> None:
        self.read = timeline.json
        known = timeline.actors
        chosen = known[:_MOST_ACTORS] if actors is None else _chosen(actors, known)
        self.rows = {known.index(path): row for row, path in enumerate(chosen)}
        self.names = chosen
        self.left_out = len(known) - len(chosen) if actors is None else 0
        self.unit, self.nanos = next((unit, nanos) for unit, nanos, least in _UNITS if timeline.end >= least)

    def time(self, nanos: float) -> float:
        return nanos / self.nanos

    def text(self, place: int) -> str:
        return "busy" if place < 0 else self.read["texts"][place]


def _chosen(actors: Sequence[str], known: list[str]) -> list[str]:
    if isinstance(actors, str) or not isinstance(actors, Sequence) or not actors:
        raise refused("actors", f"is {shown(actors)}: give a list of paths, as in Timeline.actors")
    for path in actors:
        if path not in known:
            raise refused("actors", f"has {shown(path)}: Timeline.actors has all paths")
    return list(dict.fromkeys(actors))


def draw(timeline: Timeline, ax: Any, actors: Sequence[str] | None, messages: bool) -> Axes:
    """What `Timeline.plot` does."""
    shown = _Shown(timeline, actors)
    if not shown.names:
        raise refused("actors", "cannot be shown: the run has no records")
    axis = axes(ax, (8.0, 1.6 + 0.36 * len(shown.names)))
    end = shown.time(max(1, shown.read["end"]))
    axis.set_xlim(-0.01 * end, 1.02 * end)
    axis.set_ylim(len(shown.names) - 0.4, -0.6)
    axis.set_yticks(range(len(shown.names)), [_end_of(path) for path in shown.names])
    for row in range(1, len(shown.names), 2):
        axis.axhspan(row - 0.5, row + 0.5, color="#7F7F7F", alpha=0.08, linewidth=0, zorder=0)
    drawn = [*_bars(axis, shown), *_waits(axis, shown)]
    if messages:
        drawn += _arrows(axis, shown)
    drawn += _marks(axis, shown)
    axis.set_xlabel(f"virtual time ({shown.unit})")
    no_shift(axis.xaxis)
    axis.tick_params(axis="y", length=0)
    if drawn:
        # On the right, where it has room beyond the names of actors.
        axis.legend(handles=drawn, loc="lower right", bbox_to_anchor=(1, 1), ncols=len(drawn),
                    frameon=False, fontsize="small", borderaxespad=0.2, handlelength=1.6,
                    columnspacing=1.2)  # fmt: skip
    note = timeline.note
    if shown.left_out:
        note += f" The first {len(shown.names)} of {len(timeline.actors)} actors."
    titled(axis, plain(f"{timeline.model}: one run", 90), note.strip(), pad=24)
    return axis


def _end_of(path: str) -> str:
    """The end of a long path, because paths differ at their end."""
    return plain(path if len(path) <= 32 else "…" + path[-31:])


def _bars(axis: Axes, shown: _Shown) -> list[Any]:
    """When actors were busy, and resources held. Spans that overlap stand on lanes."""
    read, texts = shown.read, 0
    # The edges of so many bars would cover them.
    edge = 0.7 if len(read["bars"]["at"]) <= 400 else 0.0
    spans: dict[tuple[float, float], list[tuple[float, float]]] = {}
    end = shown.time(max(1, read["end"]))
    bars = (read["bars"][column] for column in ("row", "lane", "says", "since", "until"))
    for place, lane, says, since, until in zip(*bars):
        row = shown.rows.get(place)
        if row is None:
            continue
        high = 0.62 / read["lanes"][place]
        top = row - 0.31 + lane * high
        start, length = shown.time(since), shown.time(until - since)
        spans.setdefault((top, high), []).append((start, length))
        # About as many letters as stand in the width of the axes.
        fit = int(length / end * 88) - 1
        if fit >= 7 and high > 0.4 and texts < _MOST_TEXTS:
            texts += 1
            axis.text(start + 0.004 * end, row, plain(shown.text(says), fit), fontsize=7, va="center",
                      color="black", clip_on=True, zorder=4)  # fmt: skip
    made = None
    for lanes, pieces in spans.items():
        made = axis.broken_barh(pieces, lanes, facecolor=_BAR, edgecolor=_BAR_EDGE, linewidth=edge, zorder=2)
    if made is None:
        return []
    made.set_label("busy")
    return [made]


def _waits(axis: Axes, shown: _Shown) -> list[Any]:
    """When messages waited in mailboxes, and claims in lines."""
    read = shown.read
    spans: dict[int, list[tuple[float, float]]] = {}
    for at, since in zip(read["waits"]["at"], read["waits"]["since"]):
        row = shown.rows.get(read["receiver"][at])
        if row is not None:
            spans.setdefault(row, []).append((shown.time(since), shown.time(read["time"][at] - since)))
    made = None
    for row, pieces in spans.items():
        made = axis.broken_barh(pieces, (row + 0.34, 0.12), facecolor=_WAIT, linewidth=0, zorder=2)
    if made is None:
        return []
    made.set_label("waits")
    return [made]


def _arrows(axis: Axes, shown: _Shown) -> list[Any]:
    """Messages, from the sender to the receiver."""
    from matplotlib.collections import LineCollection
    from matplotlib.lines import Line2D

    read = shown.read
    found: dict[bool, list[list[tuple[float, float]]]] = {False: [], True: []}
    for at, lost in zip(read["arrows"]["at"], read["arrows"]["lost"]):
        rows = [shown.rows.get(read[who][at]) for who in ("sender", "receiver")]
        if rows[0] is not None and rows[1] is not None:
            times = [shown.time(read[when][at]) for when in ("from", "time")]
            found[lost].append([(times[0], rows[0]), (times[1], rows[1])])
    # Where arrows are as close as hatching, the bars behind them should be seen.
    faint = max(0.03, min(0.85, 60 / max(1, len(found[False]))))
    handles = []
    for lost, lines in found.items():
        if not lines:
            continue
        colour = _LOST if lost else _ARROW
        dash: Any = (0, (3, 2)) if lost else "-"
        made = LineCollection(lines, colors=colour, linewidths=0.9, linestyles=[dash], zorder=3,
                              alpha=0.9 if lost else faint)  # fmt: skip
        axis.add_collection(made, autolim=False)
        label = "lost" if lost else "message"
        handles.append(Line2D([], [], color=colour, linestyle=dash, linewidth=0.9, label=label))
        # Heads show which way messages went. Those of so many would be a line of their own.
        for down in (False, True) if len(lines) <= 400 else ():
            heads = [line[1] for line in lines if (line[1][1] > line[0][1]) is down]
            x, y = [time for time, _ in heads], [row - (0.09 if down else -0.09) for _, row in heads]
            axis.plot(x, y, "v" if down else "^", color=colour, markersize=3, alpha=0.9 if lost else faint,
                      zorder=3, linewidth=0)  # fmt: skip
    return handles


def _marks(axis: Axes, shown: _Shown) -> list[Any]:
    """What happened: dots, crosses and rings."""
    import matplotlib
    from matplotlib.colors import to_rgb

    read = shown.read
    found: dict[str, list[tuple[float, int]]] = {}
    for time, kind, receiver in zip(read["time"], read["kind"], read["receiver"]):
        row = shown.rows.get(receiver)
        if row is not None:
            found.setdefault(read["marks"][kind], []).append((shown.time(time), row))
    text = matplotlib.rcParams["text.color"]
    dot: dict[str, Any] = {"markersize": 2.2}
    if sum(to_rgb(text)) > 1.5:
        # Light dots are seen on light bars by their rim.
        dot = {"markersize": 2.8, "markeredgecolor": "black", "markeredgewidth": 0.6}
    looks = {
        "handled": ("o", {"color": text, **dot}, "handled"),
        "other": ("o", {"color": text, "markersize": 4, "markerfacecolor": "none", "markeredgewidth": 0.7}, "other record"),
        "ended": ("x", {"color": _LOST, "markersize": 6, "markeredgewidth": 1.8}, "died or lost"),
    }  # fmt: skip
    handles: list[Any] = []
    for mark, (marker, look, label) in looks.items():
        # Records that lie on each other need no second mark.
        places = list(dict.fromkeys(found.get(mark, [])))
        if places:
            x, y = zip(*places)
            handles += axis.plot(x, y, marker, linewidth=0, zorder=5, label=label, **look)
    return handles
