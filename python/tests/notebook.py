"""The notebook `docs/python.ipynb`, made from a section of the page `docs/python.md`.

    python python/tests/notebook.py

writes it anew, with the outputs of the `flagfall` that is installed, and the pictures that the
page shows. It needs matplotlib, nbclient and ipykernel.
"""

import base64
import doctest
import pathlib
import re
import tempfile

import nbclient
import nbformat

SECTION = "From one run to an answer"
FIRST = """# {title}

This notebook is a section of the page [From Python](python.md). \
`pip install ./python` in a clone of flagfall installs the package."""


def parts(page):
    """The section in parts: texts, and blocks of Python."""
    section = page.split(f"\n## {SECTION}\n")[1].split("\n## ")[0]
    # What is said of the notebook is not for its readers.
    assert section.startswith("\nThe [notebook]")
    section = section.split("\n\n", 1)[1]
    found = re.split(r"^```python\n(.*?)^```\n", section, flags=re.DOTALL | re.MULTILINE)
    return [(number % 2 == 1, part) for number, part in enumerate(found)]


def pictures(page):
    """The files of the pictures of the section, in order."""
    return re.findall(r"^!\[.*\]\((.*)\)$", "".join(part for _, part in parts(page)), re.MULTILINE)


def made_from(page):
    """The notebook of a page, without outputs."""
    cells = [nbformat.v4.new_markdown_cell(FIRST.format(title=SECTION))]
    for is_code, part in parts(page):
        if is_code:
            lines = [example.source for example in doctest.DocTestParser().get_examples(part)]
            cells.append(nbformat.v4.new_code_cell("".join(lines).rstrip()))
            continue
        # The notebook has the pictures as outputs.
        text = re.sub(r"^!\[.*\]\(.*\)$\n?", "", part, flags=re.MULTILINE).strip()
        if text:
            # A line for each paragraph, which notebooks wrap.
            paragraphs = [" ".join(one.split("\n")) for one in re.split(r"\n{2,}", text)]
            assert "$" not in text, "two dollar signs are a formula in JupyterLab, escaped or not"
            cells.append(nbformat.v4.new_markdown_cell("\n\n".join(paragraphs)))
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return nbformat.v4.new_notebook(cells=cells, metadata=metadata)


def executed(notebook):
    """The notebook with outputs: results, prints and pictures. They hold no time and no machine."""
    with tempfile.TemporaryDirectory() as folder:
        client = nbclient.NotebookClient(
            notebook, timeout=120, kernel_name="python3", record_timing=False,
            resources={"metadata": {"path": folder}},
        )  # fmt: skip
        client.execute()
    notebook.metadata["language_info"] = {"name": "python"}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if is_result(output)]
    return notebook


def is_result(output):
    """Whether an output is not only progress, or a message beside the results."""
    if output.output_type == "display_data":
        return "image/png" in output.data
    return output.output_type == "execute_result" or output.get("name") == "stdout"


def main():
    docs = pathlib.Path(__file__).parents[2] / "docs"
    page = (docs / "python.md").read_text(encoding="utf-8")
    notebook = executed(made_from(page))
    nbformat.write(notebook, docs / "python.ipynb")
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    drawn = [output.data["image/png"] for output in outputs if "image/png" in output.get("data", {})]
    for name, picture in zip(pictures(page), drawn, strict=True):
        (docs / name).write_bytes(base64.b64decode(picture))


if __name__ == "__main__":
    main()
