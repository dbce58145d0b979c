"""Results as tables in HTML, for notebooks. They have no colours of their own: a notebook may be
light or dark."""

from __future__ import annotations

import html
from collections.abc import Sequence

_MOST_ROWS = 200
_CELL = "padding: 0.2em 0.6em; white-space: nowrap"


def table(caption: Sequence[str], head: Sequence[str], rows: Sequence[Sequence[str]],
          right: Sequence[bool]) -> str:  # fmt: skip
    """A table. Columns with numbers are `right`; all texts are escaped. Of more than 200 rows, the
    first are shown, and the caption says so."""
    said = [html.escape(line) for line in caption]
    if len(rows) > _MOST_ROWS:
        said.append(f"The first {_MOST_ROWS} of {len(rows)} rows.")
    lines = "".join(_row("td", row, right) for row in rows[:_MOST_ROWS])
    top = f"<thead>{_row('th', head, right)}</thead>" if head else ""
    return (
        # Classes of MathJax, which would make formulas of dollar signs.
        '<table class="mathjax_ignore tex2jax_ignore" style="font-variant-numeric: tabular-nums">'
        f'<caption style="caption-side: top; text-align: left; white-space: nowrap">{"<br>".join(said)}</caption>'
        f"{top}<tbody>{lines}</tbody></table>"
    )


def _row(tag: str, cells: Sequence[str], right: Sequence[bool]) -> str:
    # Each cell says it: the styles of notebooks are for cells, too.
    sides = ("right" if is_right else "left" for is_right in right)
    texts = (f'<{tag} style="{_CELL}; text-align: {side}">{html.escape(cell)}</{tag}>' for side, cell in zip(sides, cells))
    return f"<tr>{''.join(texts)}</tr>"
