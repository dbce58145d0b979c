"""One run over virtual time: who was busy when."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class Timeline:
    """A run over virtual time. `Run.timeline` makes it. It has the data of the chart on the page
    of a report: when actors were busy, when messages waited, and the first 20,000 records.

    >>> import flagfall
    >>> day = flagfall.run("taxi", seed=42).timeline()
    >>> day
    <flagfall.Timeline of taxi: 8 actors, 122 records, 15.032 s>
    >>> day.spans()[0]["actor"], day.spans()[0]["end"]
    ('driver/simulation', 0.365)
    """

    __slots__ = ("_read", "_text", "model")

    def __init__(self, model: str, text: str, /) -> None:
        self.model = model
        """The name of the model."""
        self._text = text
        self._read: dict[str, Any] = json.loads(text)

    @property
    def json(self) -> dict[str, Any]:
        """All of it: columns of records, with times in nanoseconds."""
        return self._read

    @property
    def actors(self) -> list[str]:
        """The paths of the actors, in the order in which they appear."""
        return list(self._read["actors"])

    @property
    def records(self) -> int:
        """How many records it has; at most 20,000."""
        return len(self._read["time"])

    @property
    def end(self) -> float:
        """The virtual time at its end, in seconds."""
        nanos: int = self._read["end"]
        return nanos / 1e9

    @property
    def note(self) -> str:
        """What is not in it: empty, or that the run has more records."""
        note: str = self._read["note"]
        return note

    def spans(self) -> list[dict[str, Any]]:
        """When actors were busy, when messages waited in their mailboxes and claims in lines, and
        when resources were held, in order of `start`.

        Each is a dictionary: `actor` is a path, of a resource if it was held; `what` is "busy",
        "waits" or "held", `start` and `end` are in seconds, `message` is the text of the message or
        the claim, or None.
        """
        read = self._read
        receivers, times, texts = read["receiver"], read["time"], read["texts"]

        def span(what: str, at: int, row: int, start: int, end: int) -> dict[str, Any]:
            text = read["text"][at]
            return {
                "actor": read["actors"][row],
                "what": what,
                "start": start / 1e9,
                "end": end / 1e9,
                "message": None if text < 0 else texts[text],
            }

        bars = zip(*(read["bars"][column] for column in ("at", "row", "since", "until")))
        busy = [
            span("busy" if row == receivers[at] else "held", at, row, since, until)
            for at, row, since, until in bars
        ]
        waits = zip(read["waits"]["at"], read["waits"]["since"])
        return sorted(
            [*busy, *(span("waits", at, receivers[at], since, times[at]) for at, since in waits)],
            key=lambda one: (one["start"], one["end"], one["actor"]),
        )

    def plot(self, ax: Axes | None = None, *, actors: Sequence[str] | None = None,
             messages: bool = True) -> Axes:  # fmt: skip
        """Draws a row for each actor: wide bars are busy, thin ones are messages that wait, arrows
        are messages, dots are what was handled, crosses are deaths and lost messages.

        It needs matplotlib. It draws on `ax`, or on a new figure, and returns the `Axes`; zoom
        with `set_xlim`. `actors` are the paths of the rows; without it, the first 40.
        `messages=False` leaves the arrows out.

        >>> import flagfall
        >>> axes = flagfall.run("taxi", seed=42).timeline().plot()
        >>> axes.get_xlabel()
        'virtual time (s)'

        Raises:
            UsageError: there is no such actor.
            ImportError: there is no matplotlib.
        """
        from flagfall._plot_timeline import draw

        return draw(self, ax, actors, messages)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Timeline) and (self.model, self._text) == (other.model, other._text)

    def __hash__(self) -> int:
        return hash((self.model, self._text))

    def __reduce__(self) -> tuple[Any, ...]:
        return Timeline, (self.model, self._text)

    def __repr__(self) -> str:
        count = f"{len(self.actors)} actors, {self.records} records"
        return f"<flagfall.Timeline of {self.model}: {count}, {self.end:.12g} s>"
