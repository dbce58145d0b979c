"""Each line of Python in the documents and docstrings runs, and shows what is written there."""

import doctest
import importlib.util
import pathlib
import re
import shutil

import pytest

FOLDER = pathlib.Path(__file__).parent.parent
PAGES = [FOLDER / "README.md", FOLDER.parent / "docs" / "python.md"]
FLAGS = doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL


def examples(text):
    """The blocks of Python of a page. Without matplotlib, their plots are left out."""
    blocks = re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    assert all(block.startswith(">>> ") for block in blocks)
    lines = "\n".join(blocks).splitlines(keepends=True)
    has_plots = importlib.util.find_spec("matplotlib") is not None
    return "".join(line for line in lines if has_plots or ".plot(" not in line)


def files(text):
    """What the page says is in files."""
    return re.findall(r"<!-- file: (\S+) -->\n```\w+\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_the_pages_say_what_is_so(page, tmp_path, monkeypatch):
    text = page.read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for name, inside in files(text):
        pathlib.Path(name).write_text(inside, encoding="utf-8")
    # Nobody looks at the pictures.
    monkeypatch.setenv("MPLBACKEND", "Agg")
    test = doctest.DocTestParser().get_doctest(examples(text), {}, page.name, str(page), 0)
    assert test.examples
    told = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    runner.run(test, out=told.append)
    assert runner.summarize(verbose=False).failed == 0, "".join(told)
    shutil.rmtree(tmp_path)


@pytest.mark.parametrize("name", [
    "_diff", "_fork", "_function_study", "_results", "_run", "_scenario", "_stream", "_study",
    "_ties", "_timeline", "statistics",
])
def test_docstrings_say_what_is_so(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "Agg")
    has_plots = importlib.util.find_spec("matplotlib") is not None
    module = importlib.import_module(f"flagfall.{name}")
    finder = doctest.DocTestFinder()
    tests = [test for test in finder.find(module, module=False, globs={}) if test.examples]
    tests = [test for test in tests if has_plots or not test.name.endswith(".plot")]
    assert tests
    told = []
    runner = doctest.DocTestRunner(optionflags=FLAGS)
    for test in tests:
        runner.run(test, out=told.append)
    assert runner.summarize(verbose=False).failed == 0, "".join(told)
