"""What commands on studies return: tables, comparisons and reports."""

from __future__ import annotations

import html
import pathlib
from typing import Any

from flagfall import _flagfall
from flagfall._calls import Path, called, path_text, read_json
from flagfall._errors import refused, shown


class Study:
    """A finished study in its folder. `flagfall.sweep` makes it; `flagfall.Study("days")` opens
    one that is there, also one of the command.

    It is a table of its replications for everything that reads Arrow, without a copy:
    `polars.DataFrame(study)`, `pyarrow.table(study)`, `pandas.DataFrame.from_arrow(study)`.
    Each field of a measure has its unit in its metadata, and levels that are spans are durations.

    Raises:
        FileError: there is no such study, it is not finished, or files were changed since.
    """

    __slots__ = ("_folder", "_manifest", "_summary", "_text")

    def __init__(self, folder: Path, /) -> None:
        self._folder = pathlib.Path(path_text("folder", folder))
        # It checks that all files are as they were when the study was finished.
        self._text = called("report", (), [str(self._folder), "--quiet"])[0]
        self._manifest = read_json(self._folder / "manifest.json")
        self._summary = read_json(self._folder / "summary.json")

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

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """One row for each replication, as the capsule of an Arrow stream."""
        return _flagfall.table(str(self._folder))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Study) and self._summary == other._summary

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        return Study, (str(self._folder),)

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        points = self._summary["points"]
        rows = sum(point["replications"] for point in points)
        model, folder = self._summary["model"], str(self._folder)
        return f"<flagfall.Study of {model}: {len(points)} points, {rows} replications in {folder}>"

    def _repr_html_(self) -> str:
        """A table of the means, for notebooks."""
        factors, measures = self._summary["factors"], self._summary["measures"]
        units = ["" if one["unit"] == "1" else f" ({one['unit']})" for one in measures]
        names = [one["name"] + unit for one, unit in zip(measures, units)]
        head = "".join(f"<th>{html.escape(name)}</th>" for name in [*factors, *names])
        lines = []
        for point in self._summary["points"]:
            cells = [point["levels"][factor] for factor in factors]
            texts = {one["name"]: one["text"] or "undefined" for one in point["measures"]}
            cells += [texts.get(one["name"], "undefined") for one in measures]
            lines.append("".join(f"<td>{html.escape(cell)}</td>" for cell in cells))
        rows = "".join(f"<tr>{line}</tr>" for line in lines)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


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
        cells = ("".join(f"<td>{html.escape(cell)}</td>" for cell in line) for line in self._lines())
        rows = "".join(f"<tr>{line}</tr>" for line in cells)
        return f"<table><tbody>{rows}</tbody></table>"


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
        return f'<iframe srcdoc="{page}" style="width:100%;height:40em;border:0"></iframe>'
