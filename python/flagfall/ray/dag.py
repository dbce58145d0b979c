"""`ray.dag`: graphs of calls."""

from __future__ import annotations

from flagfall.ray._dag import (
    ClassMethodNode, ClassNode, DAGInputData, DAGNode, FunctionNode, InputAttributeNode, InputNode,
    MultiOutputNode,
)  # fmt: skip
from flagfall.ray._supported import absent

__all__ = [
    "ClassMethodNode", "ClassNode", "DAGInputData", "DAGNode", "FunctionNode", "InputAttributeNode",
    "InputNode", "MultiOutputNode",
]  # fmt: skip

__getattr__ = absent("ray.dag")
