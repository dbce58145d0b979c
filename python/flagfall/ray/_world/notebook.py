"""Notebooks, run cell by cell as the driver of a simulation.

IPython is not used. It would be one more dependency, takes half a second to start, and has a
thread that writes its history: the fence would have to let it through.
"""

from __future__ import annotations

import ast
import functools
import inspect
import json
import linecache
import sys
import traceback
import types
from collections.abc import Sequence
from typing import Any

from flagfall._errors import FileError, FlagfallError
from flagfall.ray._world import afresh, display, frames, magics, output, program

Cell = dict[str, Any]


def driver(path: str, arguments: Sequence[str] = (), save: str | None = None) -> program.Main:
    """A function that runs that notebook as the driver, and returns its exit code. `save` names a
    file for a copy with the outputs.

    Raises:
        FileError: the file cannot be read, or is no notebook of format 4.
    """
    book = _read(path)

    def main() -> int:
        run = Notebook(book, path, arguments)
        try:
            return program.ended_by(run.run)
        finally:
            if save is not None:
                run.save(save)

    return main


def _read(path: str) -> dict[str, Any]:
    try:
        book = json.loads(program.read(path))
        if book["nbformat"] == 4 and isinstance(book["cells"], list):
            for cell in book["cells"]:
                _source(cell)
            return dict(book)
    except (ValueError, KeyError, TypeError):
        pass
    raise FileError(f"{path}: is no notebook of format 4: save it with a Jupyter of today")


def _source(cell: Cell) -> str:
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)


class Notebook:
    """The run of a notebook."""

    def __init__(self, book: dict[str, Any], path: str, arguments: Sequence[str]) -> None:
        self._book = book
        self._cells = [cell for cell in book["cells"] if cell["cell_type"] == "code"]
        for cell in self._cells:
            cell["outputs"], cell["execution_count"] = [], None
        self._outputs: list[Cell] = []
        self._loop: Any = None
        # A cell may put something else in their place.
        self._streams = {name: _output(name) for name in ("stdout", "stderr")}
        module = program.fresh_main(path, arguments)
        # A notebook has no file of its own.
        del module.__file__
        module.__dict__["display"] = self._display
        self._names = module.__dict__

    def run(self) -> None:
        """Runs all cells in order. The first that fails ends it, unless its tag allows that."""
        for name, stream in self._streams.items():
            stream.copy = functools.partial(self._printed, name)
        try:
            for number, cell in enumerate(self._cells, 1):
                self._outputs, cell["execution_count"] = cell["outputs"], number
                try:
                    self._cell(number, _source(cell))
                except Exception as error:
                    self._failed(error)
                    if "raises-exception" not in cell.get("metadata", {}).get("tags", ()):
                        raise SystemExit(1) from None
            afresh.run_atexit()
        finally:
            for stream in self._streams.values():
                stream.copy = None

    def _cell(self, number: int, text: str) -> None:
        place = f"<cell {number}>"
        source = magics.without(text, place)
        # So that a traceback shows the lines.
        linecache.cache[place] = (len(source), None, source.splitlines(keepends=True), place)
        tree = ast.parse(source, place)
        last = tree.body[-1] if tree.body else None
        if isinstance(last, ast.Expr) and not source.rstrip().endswith(";"):
            del tree.body[-1]
            self._execute(compile(tree, place, "exec", _AWAIT, True))
            value = self._execute(compile(ast.Expression(last.value), place, "eval", _AWAIT, True))
            if value is not None:
                self._names["_"] = value
                self._show(value, number)
        else:
            self._execute(compile(tree, place, "exec", _AWAIT, True))

    def _execute(self, code: types.CodeType) -> Any:
        if not code.co_flags & inspect.CO_COROUTINE:
            return eval(code, self._names)
        import asyncio

        # Cells may await; what one has begun goes on while another awaits.
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
        return self._loop.run_until_complete(eval(code, self._names))

    def _show(self, value: Any, count: int | None) -> None:
        data = display.bundle(value)
        kind = {"output_type": "display_data"} if count is None else {
            "output_type": "execute_result", "execution_count": count
        }  # fmt: skip
        self._outputs.append({**kind, "data": data, "metadata": {}})
        self._streams["stdout"].show(data["text/plain"])

    def _display(self, *values: Any, **_: Any) -> None:
        for value in values:
            self._show(value, None)

    def _failed(self, error: BaseException) -> None:
        frames.strip(error)
        lines = "".join(traceback.format_exception(error)).splitlines()
        name = type(error).__name__
        self._outputs.append(
            {"output_type": "error", "ename": name, "evalue": str(error), "traceback": lines}
        )
        self._streams["stderr"].show("\n".join(lines))

    def _printed(self, name: str, text: str) -> None:
        """Takes note of what was printed."""
        last = self._outputs[-1] if self._outputs else {}
        if last.get("output_type") == "stream" and last["name"] == name:
            last["text"] += text
        else:
            self._outputs.append({"output_type": "stream", "name": name, "text": text})

    def save(self, path: str) -> None:
        """Writes a copy of the notebook with the outputs."""
        try:
            with open(path, "w", encoding="utf-8") as file:
                json.dump(self._book, file, ensure_ascii=False, indent=1)
                file.write("\n")
        except OSError as error:
            raise FileError(f"{path}: {error.strerror}: give a file that can be written") from None


def _output(name: str) -> output.Output:
    """An output of the world."""
    found = getattr(sys, name)
    if isinstance(found, output.Output):
        return found
    raise FlagfallError(f"a notebook runs inside of a world, which has its own sys.{name}")


_AWAIT = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
