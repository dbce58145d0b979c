"""Graphs of calls: `f.bind(...)` makes a node, and `execute` submits what the graph says."""

from __future__ import annotations

import io
import pickle
from typing import Any

import cloudpickle

from flagfall._flagfall import ObjectRef
from flagfall.ray import _core
from flagfall.ray._errors import NotSupported
from flagfall.ray._handles import ActorHandle, ActorMethod
from flagfall.ray._signatures import binds
from flagfall.ray._supported import PAGE


class DAGNode:
    """A call that is made when the graph is executed: its arguments may be other nodes."""

    def __init__(self, args: tuple[object, ...] = (), kwargs: dict[str, object] | None = None):
        self._bound_args = args
        self._bound_kwargs = kwargs or {}

    def get_args(self) -> tuple[object, ...]:
        """The arguments, as they were bound."""
        return self._bound_args

    def get_kwargs(self) -> dict[str, object]:
        """The arguments with a name, as they were bound."""
        return dict(self._bound_kwargs)

    def get_options(self) -> dict[str, Any]:
        """The options of the call."""
        found = getattr(getattr(self, "_body", None), "_updated_options", {})
        return dict(found or getattr(self, "_options", {}))

    def execute(self, *args: object, **kwargs: object) -> Any:
        """Submits all calls of the graph, each once, and returns the reference of this one. The
        arguments stand for the graph's `InputNode`."""
        return _Execution(args, kwargs).of(self)

    def experimental_compile(self, *_: object, **__: object) -> Any:
        """Compiled graphs run on channels between processes, which do not exist here."""
        raise NotSupported(
            "experimental_compile is not supported in virtual time: compiled graphs run on channels "
            f"between processes; call execute() on the node itself. {PAGE} lists what is"
        )

    def _run(self, run: _Execution) -> Any:
        raise NotImplementedError

    def __getattr__(self, name: str) -> Any:
        if name == "bind":
            raise AttributeError(f".bind() cannot be used again on {type(self)} ")
        if name == "remote":
            raise AttributeError(
                f".remote() cannot be used on {type(self)}. To execute the task graph for this "
                "node, use .execute()."
            )
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")


class _Execution:
    """One execution of a graph: what came of each node."""

    def __init__(self, args: tuple[object, ...], kwargs: dict[str, object]) -> None:
        self.args = args
        self.kwargs = kwargs
        self.input: InputNode | None = None
        # The node is kept with its result, so that no other one gets its address.
        self._done: dict[int, tuple[DAGNode, Any]] = {}

    def of(self, node: DAGNode) -> Any:
        """What a node gives. It runs once, however many others use it."""
        found = self._done.get(id(node))
        if found is None:
            found = self._done[id(node)] = (node, node._run(self))
        return found[1]

    def resolved(self, node: DAGNode) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The arguments of a node, with the results of other nodes in the place of those."""
        args, kwargs = _replaced((node._bound_args, node._bound_kwargs), self)
        return tuple(args), kwargs


class _Finder(cloudpickle.Pickler):  # type: ignore[misc]
    """Finds nodes wherever they are in an object. References and handles stay what they are."""

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file, protocol=5)
        self.found: list[Any] = []

    def persistent_id(self, obj: Any) -> int | None:
        if not isinstance(obj, (DAGNode, ObjectRef, ActorHandle)):
            return None
        self.found.append(obj)
        return len(self.found) - 1


class _Filler(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, values: list[Any]) -> None:
        super().__init__(file)
        self._values = values

    def persistent_load(self, index: Any) -> Any:
        return self._values[index]


def _replaced(what: Any, run: _Execution) -> Any:
    file = io.BytesIO()
    finder = _Finder(file)
    with _core.process().trackers:
        finder.dump(what)
    values = [run.of(one) if isinstance(one, DAGNode) else one for one in finder.found]
    file.seek(0)
    with _core.process().trackers:
        return _Filler(file, values).load()


class FunctionNode(DAGNode):
    """A call of a remote function."""

    def __init__(self, body: Any, args: tuple[object, ...], kwargs: dict[str, object]) -> None:
        super().__init__(args, kwargs)
        self._body = body

    def _run(self, run: _Execution) -> Any:
        args, kwargs = run.resolved(self)
        return self._body.remote(*args, **kwargs)


class ClassNode(DAGNode):
    """An actor that each execution makes anew. `node.method.bind(...)` calls it."""

    def __init__(self, body: Any, args: tuple[object, ...], kwargs: dict[str, object]) -> None:
        super().__init__(args, kwargs)
        self._body = body
        self._last_call: ClassMethodNode | None = None
        if _holds_input(self):
            raise ValueError(
                "InputNode handles user dynamic input the DAG, and cannot be used as args, kwargs, "
                "or other_args_to_resolve in ClassNode constructor because it is not available at "
                "class construction or binding time."
            )

    def _run(self, run: _Execution) -> Any:
        args, kwargs = run.resolved(self)
        return self._body.remote(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        kind = self._body._kind
        if name == "bind" and not hasattr(kind, "bind"):
            raise AttributeError(f".bind() cannot be used again on {type(self)} ")
        getattr(kind, name)
        return _UnboundClassMethodNode(self, name, {})


def _holds_input(node: DAGNode) -> bool:
    finder = _Finder(io.BytesIO())
    with _core.process().trackers:
        finder.dump((node._bound_args, node._bound_kwargs))
    return any(isinstance(one, (InputNode, InputAttributeNode)) for one in finder.found)


class _UnboundClassMethodNode:
    """A method of a `ClassNode`."""

    def __init__(self, actor: ClassNode, name: str, options: dict[str, Any]) -> None:
        self._actor = actor
        self._name = name
        self._options = options

    def bind(self, *args: object, **kwargs: object) -> ClassMethodNode:
        """A node that calls the method, after the calls that were bound before it."""
        before = self._actor._last_call
        node = ClassMethodNode(self._actor, self._name, self._options, args, kwargs, before)
        self._actor._last_call = node
        return node

    def options(self, **options: Any) -> _UnboundClassMethodNode:
        """The same method with other options."""
        self._options = options
        return self

    def __getattr__(self, name: str) -> Any:
        if name == "remote":
            raise AttributeError(
                ".remote() cannot be used on ClassMethodNodes. Use .bind() instead to express an "
                "symbolic actor call."
            )
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")


class ClassMethodNode(DAGNode):
    """A call of a method, of an actor that lives or of one of the graph."""

    def __init__(
        self,
        actor: Any,
        name: str,
        options: dict[str, Any],
        args: tuple[object, ...],
        kwargs: dict[str, object],
        before: ClassMethodNode | None = None,
    ) -> None:
        super().__init__(args, kwargs)
        self._actor = actor
        self._method_name = name
        self._options = options
        self._before = before

    def get_method_name(self) -> str:
        """The name of the method."""
        return self._method_name

    def _run(self, run: _Execution) -> Any:
        args, kwargs = run.resolved(self)
        actor = run.of(self._actor) if isinstance(self._actor, ClassNode) else self._actor
        if self._before is not None:
            run.of(self._before)
        method = getattr(actor, self._method_name)
        if self._options:
            method = method.options(**self._options)
        return method.remote(*args, **kwargs)


class _OutputNode(ClassMethodNode):
    """One of several results of a method."""

    def __init__(self, call: ClassMethodNode, index: int) -> None:
        super().__init__(call._actor, call._method_name, {}, (call, index), {})

    def _run(self, run: _Execution) -> Any:
        call, index = self._bound_args
        assert isinstance(call, DAGNode) and isinstance(index, int)
        return run.of(call)[index]


def bind_method(
    method: ActorMethod, args: tuple[object, ...], kwargs: dict[str, object]
) -> ClassMethodNode | tuple[ClassMethodNode, ...]:
    """A node that calls a method of a living actor; one for each result, if it has several."""
    binds(method._life.signatures.get(method._name), args, kwargs)
    handle = ActorHandle(method._life)
    node = ClassMethodNode(handle, method._name, dict(method._options), args, kwargs)
    wanted = method._options.get("num_returns", 1)
    if isinstance(wanted, int) and wanted > 1:
        return tuple(_OutputNode(node, index) for index in range(wanted))
    return node


class InputNode(DAGNode):
    """What `execute` is called with: `with InputNode() as x:`, then `x`, `x[0]` or `x.name`."""

    def __init__(self, *args: object, input_type: Any = None, **kwargs: object) -> None:
        if args or kwargs:
            raise ValueError("InputNode should not take any args or kwargs.")
        super().__init__()
        self._is_entered = False
        self._parts: dict[int | str, InputAttributeNode] = {}

    def __enter__(self) -> InputNode:
        self._is_entered = True
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def _run(self, run: _Execution) -> Any:
        if run.input not in (None, self):
            raise AssertionError("Each DAG should only have one unique InputNode.")
        run.input = self
        assert self._is_entered, (
            "InputNode is a singleton instance that should be only used in context manager for dag "
            "building and execution. See the docstring of class InputNode for examples."
        )
        if len(run.args) == 1 and not run.kwargs:
            return run.args[0]
        return DAGInputData(*run.args, **run.kwargs)

    def _part(self, key: int | str, as_attribute: bool) -> InputAttributeNode:
        if key not in self._parts:
            self._parts[key] = InputAttributeNode(self, key, as_attribute)
        return self._parts[key]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return self._part(name, True)

    def __getitem__(self, key: int | str) -> InputAttributeNode:
        assert isinstance(key, (str, int)), (
            "Please only use int index or str as first-level key to access fields of dag input."
        )
        return self._part(key, False)


class InputAttributeNode(DAGNode):
    """A part of what `execute` is called with."""

    def __init__(self, of: InputNode, key: int | str, as_attribute: bool) -> None:
        super().__init__()
        self._of = of
        self._key = key
        self._as_attribute = as_attribute

    @property
    def key(self) -> int | str:
        """Which part."""
        return self._key

    def _run(self, run: _Execution) -> Any:
        whole = run.of(self._of)
        if self._as_attribute and not isinstance(whole, DAGInputData):
            return getattr(whole, str(self._key))
        return whole[self._key]


class DAGInputData:
    """Several arguments of `execute`, as one value."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        self._args = list(args)
        self._kwargs = kwargs

    def __getitem__(self, key: int | str) -> Any:
        if isinstance(key, int):
            return self._args[key]
        if isinstance(key, str):
            return self._kwargs[key]
        raise ValueError(
            "Please only use int index or str as first-level key to access fields of dag input."
        )


class MultiOutputNode(DAGNode):
    """Several nodes: `execute` returns the list of their references."""

    def __init__(self, args: list[Any] | tuple[Any, ...]) -> None:
        if not isinstance(args, (list, tuple)):
            raise ValueError(f"Invalid input type for `args`, {type(args)}.")
        super().__init__(tuple(args))

    def _run(self, run: _Execution) -> Any:
        return list(run.resolved(self)[0])
