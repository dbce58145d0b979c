"""What plots of studies, comparisons and timelines have in common. They are drawn by matplotlib,
which is imported when something is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flagfall._errors import refused, shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C6D31", "#7F7F7F")
"""Of Okabe and Ito, which colour-blind readers can tell apart; the last two in place of yellow and
black, which cannot be seen on white or on black."""
MARKERS = "osD^vP*X"
DASHES: tuple[Any, ...] = (
    "-", (0, (6, 3)), (0, (1.5, 2)), (0, (8, 2, 2, 2)), (0, (4, 1.5)), (0, (1, 1)),
    (0, (10, 3)), (0, (5, 1.5, 1.5, 1.5, 1.5, 1.5)),
)  # fmt: skip
"""Lines differ in colour, dash and marker: no one of them is needed to tell them apart."""

_LONGEST = 60


def axes(ax: Any, size: tuple[float, float] | None = None) -> Axes:
    """The axes to draw on: those of the user, or those of a new figure, `size` inches large.

    Raises:
        ImportError: there is no matplotlib.
        UsageError: `ax` is something else.
    """
    try:
        import matplotlib
    except ModuleNotFoundError as error:
        # Not if matplotlib is there, and misses something.
        if error.name != "matplotlib":
            raise
        told = "plots need matplotlib, which is not installed: pip install matplotlib"
        raise ImportError(told, name="matplotlib") from None
    if ax is None:
        from matplotlib import pyplot

        return pyplot.subplots(figsize=size, layout="constrained")[1]
    import matplotlib.axes

    if not isinstance(ax, matplotlib.axes.Axes):
        raise refused("ax", f"is of type {type(ax).__name__}: give an Axes of matplotlib")
    return ax


def plain(text: str, longest: int = _LONGEST) -> str:
    """A text as matplotlib shows it: on one line, no longer than that, and never a formula."""
    text = " ".join(text.split())
    if len(text) > longest:
        text = text[: longest - 1] + "…"
    return text.replace("$", r"\$")


def with_unit(name: str, unit: str) -> str:
    """A name with its unit, as axes have it; `1` is the unit of counts and shares."""
    return plain(name) if unit == "1" else f"{plain(name)} ({plain(unit)})"


def percent(level: float) -> str:
    """A confidence level in words."""
    return f"{level * 100:.6g} %"


def titled(ax: Axes, first: str, second: str = "", pad: float | None = None) -> None:
    """Puts a title over the axes: what it is, and how it was made."""
    text = f"{first}\n{second}" if second else first
    ax.set_title(text, loc="left", fontsize="medium", pad=pad)


def no_shift(axis: Any) -> None:
    """Numbers at the ticks are whole values, and not differences from one that stands elsewhere."""
    from matplotlib.ticker import ScalarFormatter

    formatter = axis.get_major_formatter()
    if isinstance(formatter, ScalarFormatter):
        formatter.set_useOffset(False)


def named(argument: str, wanted: Any, known: Sequence[str]) -> str:
    """One of the known names.

    Raises:
        UsageError: there is no such name.
    """
    if isinstance(wanted, str):
        if wanted in known:
            return wanted
        # Keywords have `_` where options have `-`.
        if wanted.replace("_", "-") in known:
            return wanted.replace("_", "-")
    there = f"there are {', '.join(known)}" if known else "there is none"
    raise refused(argument, f"is {shown(wanted)}: {there}")
