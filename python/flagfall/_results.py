"""What commands on studies return: tables, comparisons and reports."""

from __future__ import annotations

import html
import pathlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from flagfall import _flagfall
from flagfall._calls import Path, called, path_text, read_json
from flagfall._errors import refused, shown
from flagfall._tables import table

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class Shard(NamedTuple):
    """A part of a study that has run. `flagfall.merge` makes the study when all have."""

    shard: str
    """Which part, as "3/16"."""
    rows: int
    """How many replications it has."""
    failed: int
    """How many of them failed. They are rows with their errors."""
    file: pathlib.Path
    """Where they are; the folder of the study if that is finished."""


class Study:
    """A finished study in its folder. `flagfall.sweep` makes it; `flagfall.Study("days")` opens
    one that is there, also one of the command.

    It is a table of its replications for everything that reads Arrow, without a copy:
    `polars.DataFrame(study)`, `pyarrow.table(study)`, `pandas.DataFrame.from_arrow(study)`.
    Each field of a measure has its unit in its metadata, and levels that are spans are durations.
    Rows are read from the disk as they are asked for, so that
    `pyarrow.RecordBatchReader.from_stream(study)` goes through more rows than fit into memory.

    Raises:
        FileError: there is no such study, it is not finished, or files were changed since.
    """

    __slots__ = ("_folder", "_manifest", "_summary", "_text", "_told")

    def __init__(self, folder: Path, /) -> None:
        self._folder = pathlib.Path(path_text("folder", folder))
        # That all files are as they were when the study was finished. No row is kept.
        try:
            _flagfall.check_study(str(self._folder))
        except UnicodeEncodeError as error:
            raise refused("folder", f"is no name of a file: {error.reason}") from None
        self._manifest = read_json(self._folder / "manifest.json")
        self._summary = read_json(self._folder / "summary.json")
        self._told: dict[str, Any] = {}

    @property
    def answer(self) -> str | None:
        """The answer to `goal` and `best` of the call that made it, in a sentence for each; None if
        nothing was asked. `flagfall.report` asks a study that is there already."""
        return self._told.get("answer")

    @property
    def goals(self) -> list[dict[str, Any]]:
        """The answer for each goal of the call that made it, and for each point: `answer` is "yes",
        "no" or "undecided", `low` and `high` are the ends of the interval that says so, and
        `replications_needed` is about how many replications would decide.

        >>> import flagfall
        >>> study = flagfall.sweep("taxi", fleet=4, rides=60, replications=40, goal="refused < 10",
        ...                        out="few")
        >>> study.goals[0]["points"][0]["answer"]
        'yes'
        """
        goals: list[dict[str, Any]] = self._told.get("goals", [])
        return goals

    @property
    def best(self) -> dict[str, Any] | None:
        """The answer to `best` of the call that made it: `ranking` has the points from the best on,
        each with the ends `low` and `high` of how much better it is than the best of the others, and
        `can_be_best`. With `indifference`, `chosen` is the point that was chosen."""
        return self._told.get("best")

    @property
    def folder(self) -> pathlib.Path:
        """Where it is."""
        return self._folder

    @property
    def manifest(self) -> dict[str, Any]:
        """What was asked: the object in manifest.json."""
        return self._manifest

    @property
    def summary(self) -> dict[str, Any]:
        """Means with intervals at each point: the object that `sweep --json` prints."""
        return self._summary

    @property
    def units(self) -> dict[str, str]:
        """The units of the columns that have one, for readers without a place for them; "1" is
        that of counts and shares.

        >>> import flagfall
        >>> study = flagfall.sweep("taxi", grid={"fleet": [2, 4]}, replications=20, out="days")
        >>> study.units["commission"], study.units["ride_time"]
        ('$', 's')
        """
        units = {one["name"]: one["unit"] for one in self._summary["measures"]}
        return {"events": "1", **units}

    def means(self, measure: str) -> list[dict[str, Any]]:
        """The means of that measure, point by point: `levels` is where, `mean` is None if it is
        undefined, `low` and `high` are the ends of its interval, None if there is none, and `text`
        is both as tables show them. `count` is of how many replications.

        >>> import flagfall
        >>> study = flagfall.sweep("taxi", grid={"fleet": [2, 4]}, replications=20, out="days")
        >>> [(one["levels"], one["text"]) for one in study.means("refused")]
        [({'fleet': '2'}, '4.50 ± 0.32'), ({'fleet': '4'}, '0.80 ± 0.29')]

        Raises:
            UsageError: there is no such measure.
        """
        known = [one["name"] for one in self._summary["measures"]]
        if not isinstance(measure, str) or measure not in known:
            raise refused("measure", f"is {shown(measure)}: there are {', '.join(known)}")
        place = known.index(measure)
        return [{"levels": point["levels"], **point["measures"][place]} for point in self._summary["points"]]

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """One row for each replication, as the capsule of an Arrow stream."""
        return _flagfall.table(str(self._folder))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Study) and self._summary == other._summary

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        return Study, (str(self._folder),)

    def __str__(self) -> str:
        if not hasattr(self, "_text"):
            # It reads all rows, and is made when it is first asked for.
            self._text = called("report", (), [str(self._folder), "--quiet"])[0]
        return self._text

    def __repr__(self) -> str:
        points = self._summary["points"]
        rows = sum(point["replications"] for point in points)
        model, folder = self._summary["model"], str(self._folder)
        return f"<flagfall.Study of {model}: {len(points)} points, {rows} replications in {folder}>"

    def _repr_html_(self) -> str:
        """A table of the means, for notebooks."""
        summary = self._summary
        factors, measures = summary["factors"], summary["measures"]
        levels = {one["name"]: one["levels"] for one in self._manifest["factors"]}
        numbers = [_flagfall.levels(levels[name]) is not None for name in factors]
        units = ["" if one["unit"] == "1" else f" ({one['unit']})" for one in measures]
        names = [one["name"] + unit for one, unit in zip(measures, units)]
        rows = []
        for point in summary["points"]:
            texts = {one["name"]: one["text"] or "undefined" for one in point["measures"]}
            counts = f"{point['replications'] - point['failed']}"
            rows.append([*(point["levels"][name] for name in factors), counts,
                         *(texts.get(one["name"], "undefined") for one in measures)])  # fmt: skip
        failed = sum(point["failed"] for point in summary["points"])
        caption = [
            f"{summary['model']}: mean ± half-width of the {summary['level'] * 100:.6g} % interval"
        ]
        if failed:
            caption.append(f"{failed} replications failed and are in no mean")
        right = [*numbers, True, *(True for _ in measures)]
        return table(caption, [*factors, "replications", *names], rows, right)

    def plot(self, ax: Axes | None = None, *, measure: str | None = None, against: str | None = None,
             at: Mapping[str, Any] | None = None) -> Axes:  # fmt: skip
        """Draws the means of a measure with their intervals against a factor, and a line for each
        level of the other factors.

        It needs matplotlib. It draws on `ax`, or on a new figure, and returns the `Axes`. `measure`
        is the first one if none is named, `against` the first factor that varies. `at` holds
        factors at one level, as `at={"every": "2s"}`.

        >>> import flagfall
        >>> study = flagfall.sweep("taxi", grid={"fleet": [2, 4]}, replications=20, out="days")
        >>> axes = study.plot(measure="ride_time")
        >>> axes.get_xlabel(), axes.get_ylabel()
        ('fleet', 'ride_time (s)')

        Raises:
            UsageError: there is no such measure, factor or level; or there are more than 8 lines.
            ImportError: there is no matplotlib.
        """
        from flagfall._plot_study import draw

        return draw(self._manifest, self._summary, ax, measure, against, at)


class Comparison:
    """Scenarios under common random numbers. `flagfall.compare` makes it."""

    __slots__ = ("json",)

    def __init__(self, told: dict[str, Any], /) -> None:
        self.json = told
        """The object that `flagfall compare --json` prints."""

    @property
    def replications(self) -> int:
        """How many replications of each scenario there were."""
        count: int = self.json["replications"]
        return count

    @property
    def answer(self) -> str | None:
        """Which scenario was chosen or can be the best, in a sentence; None if that was not asked."""
        return self.json.get("answer")

    @property
    def scenarios(self) -> list[str]:
        """The names of the scenarios."""
        return [scenario["name"] for scenario in self.json["scenarios"]]

    def differences(self, measure: str) -> list[dict[str, Any]]:
        """The difference of each pair of scenarios in that measure: `first` and `second` are the
        names, `mean` is the first minus the second, `low` and `high` are the ends of its
        interval, `established` says whether they differ.

        Raises:
            UsageError: there is no such measure.
        """
        known = {one["name"]: one for one in self.json["measures"]}
        if not isinstance(measure, str) or measure not in known:
            raise refused("measure", f"is {shown(measure)}: there are {', '.join(known)}")
        names = self.scenarios
        return [
            {**pair, "first": names[pair["first"]], "second": names[pair["second"]]}
            for pair in known[measure]["pairs"]
        ]

    def _lines(self) -> list[tuple[str, str, str, str]]:
        """Measure, pair, difference and what it says."""
        lines = []
        for measure in self.json["measures"]:
            unit = "" if measure["unit"] == "1" else f" {measure['unit']}"
            for pair in self.differences(measure["name"]):
                text = "undefined" if pair["text"] is None else pair["text"] + unit
                told = "differ" if pair["established"] else ""
                lines.append((measure["name"], f"{pair['first']} - {pair['second']}", text, told))
        return lines

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Comparison) and self.json == other.json

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        count = len(self.scenarios)
        return f"<flagfall.Comparison of {count} scenarios, {self.replications} replications of each>"

    def __str__(self) -> str:
        return "\n".join("  ".join(line).rstrip() for line in self._lines())

    def _repr_html_(self) -> str:
        """A table of the differences, for notebooks."""
        told = self.json
        caption = [
            f"{self.replications} replications of each scenario, under common random numbers",
            f"mean difference ± half-width; the intervals of one measure hold together at "
            f"{told['level'] * 100:.6g} %",
        ]
        rows = []
        for measure in told["measures"]:
            name, unit = measure["name"], "" if measure["unit"] == "1" else measure["unit"]
            for pair in self.differences(name):
                scenarios = f"{pair['first']} − {pair['second']}"
                verdict = "differ" if pair["established"] else "not established"
                rows.append((name, scenarios, pair["text"] or "undefined", unit, verdict))
        head = ("measure", "scenarios", "difference", "unit", "verdict")
        return table(caption, head, rows, (False, False, True, False, False))

    def plot(self, ax: Axes | None = None, *, measure: str | None = None) -> Axes:
        """Draws the differences of a measure with their simultaneous intervals, and a line at
        zero. What the intervals do not establish is hollow.

        It needs matplotlib. It draws on `ax`, or on a new figure, and returns the `Axes`. `measure`
        is the first one if none is named.

        >>> import flagfall
        >>> days = flagfall.compare("taxi", grid={"fleet": [4, 5]}, rides=50, replications=20)
        >>> days.plot(measure="refused_share").get_xlabel()
        'difference in refused_share'

        Raises:
            UsageError: there is no such measure, or more than 60 differences.
            ImportError: there is no matplotlib.
        """
        from flagfall._plot_comparison import draw

        return draw(self.json, ax, measure)


_FRAME = "width: 100%; height: 42em; box-sizing: border-box; border: 1px solid #8888; resize: vertical"


class Report:
    """What `flagfall report` tells of a study. In a notebook it is the page."""

    __slots__ = ("_words", "text")

    def __init__(self, text: str, words: list[str], /) -> None:
        self.text = text
        """Tables and small plots."""
        self._words = words

    def page(self) -> str:
        """The page, which works without a network: the text of the HTML file. It is made when it
        is asked for."""
        return called("report", (), [*self._words, "--html=-"])[0]

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"<flagfall.Report of {self._words[0]}>"

    def _repr_html_(self) -> str:
        page = html.escape(self.page(), quote=True)
        return f'<iframe srcdoc="{page}" style="{_FRAME}"></iframe>'
