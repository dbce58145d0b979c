"""The notebook of the documents: its cells are those of the page, and its outputs are so."""

import pathlib

import pytest

DOCS = pathlib.Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "python.md").read_text(encoding="utf-8")


@pytest.fixture
def nbformat():
    for needed in ("nbclient", "ipykernel", "matplotlib"):
        pytest.importorskip(needed)
    return pytest.importorskip("nbformat")


def read(nbformat):
    return nbformat.read(DOCS / "python.ipynb", as_version=4)


def test_its_cells_are_those_of_the_page(nbformat):
    import notebook

    stored = read(nbformat)
    nbformat.validate(stored)
    again = "write it anew: python python/tests/notebook.py"
    made = notebook.made_from(PAGE)
    assert [(cell.cell_type, cell.source) for cell in stored.cells] == [
        (cell.cell_type, cell.source) for cell in made.cells
    ], again
    pictures = notebook.pictures(PAGE)
    assert len(pictures) == 3
    assert sum("image/png" in kinds for kinds in map(kinds_of, outputs_of(stored))) == len(pictures)


def test_it_has_the_outputs_that_it_shows(nbformat):
    import notebook

    stored = read(nbformat)
    run = notebook.executed(notebook.made_from(PAGE))
    told = [texts_of(output) for output in outputs_of(run)]
    assert [texts_of(output) for output in outputs_of(stored)] == told
    assert any("0.0238 ± 0.0025" in "".join(texts.values()) for texts in told)
    assert [kinds_of(output) for output in outputs_of(stored)] == [
        kinds_of(output) for output in outputs_of(run)
    ]


def outputs_of(notebook):
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def kinds_of(output):
    return sorted(output.get("data", {}))


def texts_of(output):
    """What an output says in text. Pictures differ with fonts and versions."""
    if output.output_type == "stream":
        return {output.name: output.text}
    return {kind: text for kind, text in output.data.items() if kind.startswith("text/")}
