"""Labels of the node, and what tasks and actors want of them."""

from __future__ import annotations

import re
from typing import Any

#: What nobody has: who wants a node with other labels waits for ever, as on a cluster.
NO_SUCH_NODE = "node with other labels"

_SEVERAL = re.compile(r"(!?)in\((.*)\)$")


def selected(labels: dict[str, str], selector: dict[str, str]) -> bool:
    """Whether the labels are what a `label_selector` wants."""
    return all(_selects(text, labels.get(name)) for name, text in selector.items())


def _selects(text: str, found: str | None) -> bool:
    several = _SEVERAL.match(text)
    if several is not None:
        is_in = found in [one.strip() for one in several[2].split(",")]
        return is_in != bool(several[1])
    return found != text[1:] if text.startswith("!") else found == text


def matches(labels: dict[str, str], wanted: dict[str, Any]) -> bool:
    """Whether the labels are what a `NodeLabelSchedulingStrategy` wants."""
    from flagfall.ray.util import scheduling_strategies as strategies

    for name, operator in wanted.items():
        found = labels.get(name)
        if isinstance(operator, strategies.In):
            holds = found in operator.values
        elif isinstance(operator, strategies.NotIn):
            holds = found not in operator.values
        else:
            holds = (found is not None) == isinstance(operator, strategies.Exists)
        if not holds:
            return False
    return True
