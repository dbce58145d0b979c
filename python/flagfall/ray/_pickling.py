"""What travels between processes: pickles, as Ray makes them.

Classes and functions of the program travel by value: each process has its own copy of them, with
its own global variables, as processes of a cluster have.
"""

from __future__ import annotations

import io
import pickle
import sys
import types
import weakref
from typing import Any

import cloudpickle
from cloudpickle import cloudpickle as _inner

from flagfall._flagfall import ObjectRef
from flagfall.ray import _core

#: Where a process keeps what `ray.util.register_serializer` got.
_SERIALIZERS = "serializers"

#: The references of the pickle that is being read.
_reading: list[tuple[Any, ...]] = []


class _Names:
    """Takes the place of the module `uuid` in cloudpickle: names of classes have to be the same
    in each run."""

    class _Name:
        def __init__(self, text: str) -> None:
            self.hex = text

    def uuid4(self) -> _Name:
        process = _core.process()
        process.classes_named += 1
        return self._Name(f"{process.path}#{process.classes_named}")


_NAMES = _Names()


class Trackers:
    """Which classes of the program a process knows, by the names under which they travel."""

    def __init__(self) -> None:
        self.by_class: weakref.WeakKeyDictionary[type, str] = weakref.WeakKeyDictionary()
        self.by_id: weakref.WeakValueDictionary[str, type] = weakref.WeakValueDictionary()

    def __enter__(self) -> None:
        self._kept = (
            _inner._DYNAMIC_CLASS_TRACKER_BY_CLASS,
            _inner._DYNAMIC_CLASS_TRACKER_BY_ID,
            _inner.uuid,
        )
        self._set(self.by_class, self.by_id, _NAMES)

    def __exit__(self, *_: object) -> None:
        self._set(*self._kept)

    @staticmethod
    def _set(by_class: Any, by_id: Any, names: Any) -> None:
        _inner._DYNAMIC_CLASS_TRACKER_BY_CLASS = by_class
        _inner._DYNAMIC_CLASS_TRACKER_BY_ID = by_id
        _inner.uuid = names


class Frozen:
    """A pickle, with the references and handles in it, which stay references."""

    __slots__ = ("buffers", "data", "refs")

    def __init__(self, data: bytes, buffers: tuple[bytes, ...], refs: tuple[Any, ...]) -> None:
        self.data = data
        self.buffers = buffers
        self.refs = refs

    @property
    def _contents(self) -> tuple[Any, ...]:
        return (self.data, self.buffers)

    def __repr__(self) -> str:
        try:
            return repr(self.thaw())
        except Exception:
            return f"<{len(self.data)} bytes>"

    def thaw(self) -> Any:
        """A new object, for the process whose code runs now. Arrays cannot be written to, for all
        processes share their memory."""
        _reading.append(self.refs)
        try:
            with _core.process().trackers:
                return pickle.loads(self.data, buffers=self.buffers)
        finally:
            _reading.pop()


def _read_ref(index: int) -> Any:
    return _reading[-1][index].arrives()


class _File:
    """The name of a file with code. It is beside the pickle, so that digests do not depend on
    the folder in which a program lies."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def _travels(self) -> _File:
        return self

    def arrives(self) -> str:
        """The path."""
        return self.name


def _read_code(index: int, *parts: Any) -> types.CodeType:
    """Code with the name of its file, so that tracebacks show its lines."""
    code: types.CodeType = types.CodeType(*parts)
    return code.replace(co_filename=_reading[-1][index].name)


class _Same:
    """A function that all processes have in common, inside of a pickle."""

    __slots__ = ("function",)

    def __init__(self, function: types.BuiltinFunctionType) -> None:
        self.function = function

    def arrives(self) -> types.BuiltinFunctionType:
        """The function."""
        return self.function


def _is_replaced(function: types.BuiltinFunctionType) -> bool:
    """Whether its name stands for another one, as `_thread.get_ident` does in a run: then a pickle
    that only has the name would not find it."""
    module = sys.modules.get(function.__module__ or "")
    return getattr(module, function.__name__, function) is not function


class _Pickler(cloudpickle.Pickler):  # type: ignore[misc]
    def __init__(self, file: io.BytesIO, buffers: list[pickle.PickleBuffer]) -> None:
        super().__init__(file, protocol=5, buffer_callback=buffers.append)
        self.refs: list[Any] = []

    def _function_getnewargs(self, func: types.FunctionType) -> Any:
        # Of all global variables, cloudpickle takes this one along, whether it is used or not.
        kept = self.globals_ref.setdefault(id(func.__globals__), {})
        if not kept:
            for name in ("__package__", "__name__", "__path__", "__file__"):
                if name in func.__globals__:
                    kept[name] = func.__globals__[name]
            if isinstance(kept.get("__file__"), str):
                kept["__file__"] = _File(kept["__file__"])
        return super()._function_getnewargs(func)

    def reducer_override(self, obj: Any) -> Any:
        travels = getattr(type(obj), "_travels", None)
        if travels is not None:
            self.refs.append(travels(obj))
            return _read_ref, (len(self.refs) - 1,)
        if type(obj) is ObjectRef:
            self.refs.append(TravellingRef(obj))
            return _read_ref, (len(self.refs) - 1,)
        if type(obj) is types.CodeType:
            self.refs.append(_File(obj.co_filename))
            _, parts = _inner._code_reduce(obj)
            return _read_code, (len(self.refs) - 1, *parts)
        if type(obj) is types.BuiltinFunctionType and _is_replaced(obj):
            self.refs.append(_Same(obj))
            return _read_ref, (len(self.refs) - 1,)
        own = _core.process().local.get(_SERIALIZERS, {}).get(type(obj))
        if own is not None:
            serializer, deserializer = own
            return deserializer, (serializer(obj),)
        return super().reducer_override(obj)


def register_serializer(cls: type, *, serializer: Any, deserializer: Any) -> None:
    """Lets this process send objects of that class in a way of their own: `deserializer` gets what
    `serializer` has made of one."""
    _core.process().local.setdefault(_SERIALIZERS, {})[cls] = (serializer, deserializer)


def deregister_serializer(cls: type) -> None:
    """Lets this process send objects of that class as others again."""
    _core.process().local.get(_SERIALIZERS, {}).pop(cls, None)


class TravellingRef:
    """A reference inside of a pickle. The object lives as long as the pickle does."""

    __slots__ = ("ref",)

    def __init__(self, ref: ObjectRef) -> None:
        self.ref = ref.origin

    def arrives(self) -> ObjectRef:
        """The reference for the process whose code runs now."""
        return self.ref.borrowed()


#: How deep Ray writes lists in lists one by one. What is deeper, or in itself, is pickled whole.
_DEPTH = 500


def _apart(obj: Any) -> Any:
    """The same with copies of its lists and dictionaries, as Ray writes them one by one: a list
    in two places becomes two. What is in tuples and other objects is pickled, and stays the same.
    """
    try:
        return _copied(obj, _DEPTH)
    except RecursionError:
        return obj


def _copied(obj: Any, depth: int) -> Any:
    kind = type(obj)
    if kind is list or kind is dict:
        if depth == 0:
            raise RecursionError
        if kind is list:
            return [_copied(item, depth - 1) for item in obj]
        return {key: _copied(value, depth - 1) for key, value in obj.items()}
    return bytes(obj) if kind is bytearray or kind is memoryview else obj


def freeze(obj: object) -> Frozen:
    """A snapshot of any object, as Ray's store keeps it.

    Raises:
        TypeError: it cannot be pickled.
    """
    file = io.BytesIO()
    buffers: list[pickle.PickleBuffer] = []
    pickler = _Pickler(file, buffers)
    with _core.process().trackers:
        pickler.dump(_apart(obj))
    return Frozen(
        file.getvalue(),
        tuple(bytes(buffer.raw()) for buffer in buffers),
        tuple(pickler.refs),
    )
