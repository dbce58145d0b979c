"""How far something is: a line in a terminal, a bar in a notebook."""

from __future__ import annotations

import html
import sys
import time
from typing import Any, TextIO

from flagfall._errors import refused

_FIRST = 0.2
"""Nothing is shown of what takes less seconds than this."""
_BETWEEN = 0.1
"""Seconds between two pictures in a terminal and in a notebook."""
_BETWEEN_LINES = 10.0
"""Seconds between two lines in a file."""
_BLOCKS = 20


class Progress:
    """Shows on standard error, or in the cell of a notebook, how much of something is done.

    `show` says whether: True, False, or None for a terminal or a notebook only. With `quiet`,
    nothing is shown. What is shown goes away at the end; what goes to a file is a line now and
    then. Nobody has to be there to see it: a closed stream is no error.

    >>> from flagfall._progress import Progress
    >>> with Progress("days", show=False) as progress:
    ...     for day in range(3):
    ...         progress.tell(day + 1, 3)

    Raises:
        UsageError: `show` is not True, False or None.
    """

    def __init__(self, what: str, *, show: bool | None = None, quiet: bool = False) -> None:
        if show is not None and type(show) is not bool:
            kind = type(show).__name__
            raise refused("progress", f"is of type {kind}: give True or False, or leave it out")
        self._what = what
        self._picture: _Cell | _Line | _Lines | None = None
        if show is not False and not quiet:
            try:
                self._picture = _picture(sys.stderr, show is True)
            except Exception:
                # Such as an object in its place that can only write.
                self._picture = None
        self._first: tuple[float, int] | None = None
        self._next = 0.0

    @property
    def is_shown(self) -> bool:
        """Whether anybody is told: if not, `tell` need not be called."""
        return self._picture is not None

    def tell(self, done: int, total: int | None = None, where: str = "") -> None:
        """So much is done, and so much there is in all, if that is known; `where` is added. Call it
        as often as you like: it shows something some times in a second."""
        if self._picture is None:
            return
        now = time.monotonic()
        if self._first is None:
            # What was done before says nothing of the rate.
            self._first = (now, done)
            self._next = now + _FIRST
        if now < self._next:
            return
        self._next = now + self._picture.between
        since, before = self._first
        try:
            text = _text(self._what, done, total, (now - since, done - before))
            self._picture.show(f"{text}, {where}" if where else text, done, total)
        except Exception:
            # Nobody reads it any more.
            self._picture = None

    def close(self) -> None:
        """Takes away what is shown."""
        picture, self._picture = self._picture, None
        if picture is not None:
            try:
                picture.clear()
            except Exception:
                pass

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()


def _text(what: str, done: int, total: int | None, run: tuple[float, int]) -> str:
    """What is done, how quickly, and how long the rest takes."""
    seconds, made = run
    rate = made / seconds if seconds > 0 else 0.0
    parts = [f"{what} {done:,}" if total is None else f"{what} {done:,}/{total:,}"]
    if made > 0:
        parts.append(f"{rate:,.0f}/s" if rate >= 10 else f"{rate:.2g}/s")
        if total is not None:
            parts.append(f"{_span((total - done) / rate)} left")
    return ", ".join(parts)


def _span(seconds: float) -> str:
    whole = max(0, round(seconds))
    minutes, hours = whole // 60, whole // 3600
    if hours:
        return f"{hours} h {minutes % 60} min"
    return f"{minutes} min {whole % 60} s" if minutes else f"{whole} s"


def _picture(stream: TextIO | None, wanted: bool) -> _Cell | _Line | _Lines | None:
    """How to show it; None if nobody sees it."""
    display = _notebook()
    if display is not None:
        return _Cell(display)
    is_terminal = stream is not None and stream.isatty()
    if stream is None or not (is_terminal or wanted):
        return None
    return _Line(stream) if is_terminal else _Lines(stream)


def _notebook() -> Any:
    """The display of IPython, in the kernel of a notebook."""
    # Nothing is imported that is not there already.
    ipython = sys.modules.get("IPython")
    display = sys.modules.get("IPython.display")
    if ipython is None or display is None:
        return None
    shell = ipython.get_ipython()
    return display if hasattr(shell, "kernel") else None


class _Line:
    """A line of a terminal that is written again and again."""

    between = _BETWEEN

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._shown = 0

    def show(self, text: str, done: int, total: int | None) -> None:
        if total:
            blocks = min(_BLOCKS, _BLOCKS * done // total)
            text = f"[{'#' * blocks}{'.' * (_BLOCKS - blocks)}] {text}"
        # Nobody needs it before there is a line: it takes a part of the time of the import.
        from shutil import get_terminal_size

        # In the last column, some terminals begin the next line.
        text = text[: max(get_terminal_size().columns - 1, 1)]
        self._write(text + " " * (self._shown - len(text)))
        self._shown = len(text)

    def clear(self) -> None:
        if self._shown:
            self._write(" " * self._shown + "\r")

    def _write(self, text: str) -> None:
        self._stream.write("\r" + text)
        self._stream.flush()


class _Lines:
    """A file or a pipe: a line now and then."""

    between = _BETWEEN_LINES

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def show(self, text: str, done: int, total: int | None) -> None:
        self._stream.write(text + "\n")
        self._stream.flush()

    def clear(self) -> None:
        """What is in a file stays."""


class _Cell:
    """A bar in the cell of a notebook."""

    between = _BETWEEN

    def __init__(self, display: Any) -> None:
        self._display = display
        self._handle: Any = None

    def show(self, text: str, done: int, total: int | None) -> None:
        known = f'value="{done}" max="{total}"' if total else ""
        bar = f'<progress {known} style="vertical-align: middle"></progress>'
        self._put(f"{bar} {html.escape(text)}", text)

    def clear(self) -> None:
        if self._handle is not None:
            self._put("", "")

    def _put(self, page: str, text: str) -> None:
        """Shows it; the text is for what has no pages, such as a notebook that becomes a document."""
        made = {"text/html": page, "text/plain": text}
        if self._handle is None:
            self._handle = self._display.display(made, raw=True, display_id=True)
        else:
            self._handle.update(made, raw=True)
