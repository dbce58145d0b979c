"""Notebooks: run cell by cell, shown as Jupyter shows them."""

import json
import time

import pytest

from flagfall import FileError
from flagfall.ray._world import display, magics, program


def cell(source, **metadata):
    return {"cell_type": "code", "id": "a", "metadata": metadata, "source": source,
            "execution_count": 9, "outputs": [{"old": 1}]}  # fmt: skip


@pytest.fixture
def run(tmp_path, capsys):
    """Runs a notebook of those cells; returns exit code, output, errors, and the saved copy."""

    def run(*cells):
        book = {
            "cells": [{"cell_type": "markdown", "id": "t", "metadata": {}, "source": ["# T\n"]}]
            + [one if isinstance(one, dict) else cell(one) for one in cells],
            "metadata": {}, "nbformat": 4, "nbformat_minor": 5,
        }  # fmt: skip
        path, copy = tmp_path / "book.ipynb", tmp_path / "copy.ipynb"
        path.write_text(json.dumps(book), encoding="utf-8")
        code = program.run_file(str(path), save=str(copy))
        saved = json.loads(copy.read_text(encoding="utf-8"))
        for number, one in enumerate(saved["cells"]):
            one["id"] = f"cell-{number}"
        try:
            import nbformat
        except ImportError:
            pass
        else:
            nbformat.validate(nbformat.reads(json.dumps(saved), 4))
        return (code, *capsys.readouterr(), [one for one in saved["cells"] if one["cell_type"] == "code"])

    return run


def test_cells_run_in_virtual_time(run):
    began = time.monotonic()
    code, out, err, cells = run(
        "import time\nfrom time import sleep\nstart = time.time()",
        ["sleep(3600)\n", "print('an hour', time.time() - start)\n", "(1, 2)"],
        "_ + (3,)",
        "time.time();",
        "None",
        "display({'a': 1})\nclass T:\n    def _repr_html_(self): return '<b>'\n    def __repr__(self): return 'T!'\nT()",
    )
    assert (code, err) == (0, "")
    assert out == "an hour 3600.0\n(1, 2)\n(1, 2, 3)\n{'a': 1}\nT!\n"
    assert time.monotonic() - began < 60
    assert [one["execution_count"] for one in cells] == [1, 2, 3, 4, 5, 6]
    assert [[output["output_type"] for output in one["outputs"]] for one in cells] == [
        [], ["stream", "execute_result"], ["execute_result"], [], [], ["display_data", "execute_result"],
    ]  # fmt: skip
    assert cells[1]["outputs"][0] == {"output_type": "stream", "name": "stdout", "text": "an hour 3600.0\n"}
    assert cells[5]["outputs"][1]["data"] == {"text/plain": "T!", "text/html": "<b>"}


def test_an_error_ends_it(run):
    code, out, err, cells = run("def f(x):\n    return 1 / x", "print('a')\nf(0)", "print('never')")
    assert (code, out) == (1, "a\n")
    # From Python 3.11 on, it marks the place in the line.
    assert [line for line in err.splitlines() if "~" not in line] == [
        "Traceback (most recent call last):",
        '  File "<cell 2>", line 2, in <module>', "    f(0)",
        '  File "<cell 1>", line 2, in f', "    return 1 / x",
        "ZeroDivisionError: division by zero",
    ]  # fmt: skip
    assert cells[1]["outputs"][1]["ename"] == "ZeroDivisionError"
    assert cells[2]["execution_count"] is None and cells[2]["outputs"] == []
    code, out, _, _ = run(cell("1 / 0", tags=["raises-exception"]), "print('goes on')")
    assert (code, out) == (0, "goes on\n")


def test_cells_may_await(run):
    code, out, _, _ = run(
        "import asyncio, time\nasync def late():\n    await asyncio.sleep(5)\n    return time.monotonic()",
        "t = asyncio.ensure_future(late()) if False else None\nawait late()",
    )
    assert (code, out) == (0, "1005.0\n")


def test_magics(run):
    code, out, err, _ = run("%matplotlib inline\nx = 2", "%%time\nprint(x)", 's = """\n%d\n!a\n""" % x\ns')
    assert (code, out) == (0, "2\n'\\n2\\n!a\\n'\n")
    assert err == (
        "note: <cell 1>, line 1: %matplotlib inline is skipped\nnote: <cell 2>, line 1: %%time is not shown\n"
    )
    for line in ("!pip install x", "%pip install -q x", "! python -m pip install x"):
        assert run(line, "5")[:3] == (0, "5\n", f"note: <cell 1>, line 1: {line} is skipped\n")
    for line in ("!ls", "!pip list", "%timeit 1", "%%bash\nls"):
        code, _, err, _ = run(line)
        assert code == 1 and err.splitlines()[-1].startswith("flagfall.ray.NotSupported: <cell 1>, line 1: ")


def test_python_stays_as_it_is():
    assert magics.without("x = (7\n% 4)", "p") == "x = (7\n% 4)"


@pytest.mark.parametrize("text", ["", "[]", '{"nbformat": 3, "worksheets": []}', '{"nbformat": 4, "cells": [{}]}'])
def test_a_file_that_is_no_notebook_is_refused(tmp_path, text):
    path = tmp_path / "book.ipynb"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FileError, match="is no notebook of format 4"):
        program.run_file(str(path))


def test_long_values_have_a_line_for_each_item():
    names = ["a" * 30, "b" * 30, "c" * 30]
    assert display.plain(names) == "[" + ",\n ".join(map(repr, names)) + "]"
    assert display.plain([1, 2]) == "[1, 2]"
