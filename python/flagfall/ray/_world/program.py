"""Programs in files, run as the driver of a simulation."""

from __future__ import annotations

import os
import sys
import traceback
import types
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.machinery import SourceFileLoader
from typing import Any

from flagfall._errors import FileError, refused
from flagfall.ray import _core, _failures, _world, exceptions
from flagfall.ray._world import afresh, frames, threads

Main = Callable[[], int]


@contextmanager
def world_of(path: str) -> Iterator[None]:
    """The world of a program in that file: give its driver to the core inside of it."""
    folder = os.path.dirname(os.path.abspath(path))
    with _world.entered(), afresh.kept(folder):
        yield


def driver(path: str, arguments: Sequence[str] = ()) -> Main:
    """A function that runs that file as the driver, with those arguments of a command line, and
    returns its exit code. Call it in simulated code, inside of `world_of`.

    Raises:
        FileError: the file cannot be read.
    """
    source = read(path)

    def main() -> int:
        return ended_by(lambda: _run(source, path, arguments))

    return main


def driver_of(path: str, arguments: Sequence[str] = (), save: Any = None) -> Main:
    """The same for a program or a notebook, by the end of its name.

    Raises:
        FileError: the file cannot be read.
    """
    if path.endswith(".ipynb"):
        from flagfall.ray._world import notebook

        return notebook.driver(path, arguments, save=None if save is None else str(save))
    return driver(path, arguments)


def read(path: str) -> bytes:
    """The bytes of a program."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise FileError(f"{path}: {error.strerror}: give the file of a Ray program") from None


def run_file(path: str, arguments: Sequence[str] = (), **options: Any) -> int:
    """Runs a program from its first line to its end, and returns its exit code. The options are
    those of `_core.run`.

    Raises:
        FileError: the file cannot be read.
        RunError: the run reached a limit, or got stuck.
    """
    if not path.endswith((".py", ".ipynb")):
        raise refused("program", f"is {path}: give a file that ends with .py or .ipynb")
    main = driver(path, arguments)
    if path.endswith(".ipynb"):
        from flagfall.ray._world import notebook

        main = notebook.driver(path, arguments, save=options.pop("save", None))
    codes: list[int] = []
    with world_of(path):
        _core.run(lambda: codes.append(main()), **options)
    return codes[0]


def fresh_main(path: str | None, arguments: Sequence[str]) -> types.ModuleType:
    """A new `__main__`, and the command line and the folder of imports as Python sets them."""
    module = types.ModuleType("__main__")
    module.__dict__["__builtins__"] = __builtins__ if isinstance(__builtins__, types.ModuleType) else (
        sys.modules["builtins"]
    )
    module.__dict__["__annotations__"] = {}
    folder = os.getcwd()
    if path is not None:
        folder = os.path.dirname(os.path.abspath(path))
        module.__file__ = os.path.abspath(path)
        module.__dict__["__cached__"] = None
        module.__loader__ = SourceFileLoader("__main__", module.__file__)
    sys.modules["__main__"] = module
    sys.argv[:] = [path or "", *arguments]
    # The first entry is the folder of the command that runs it.
    sys.path[:1] = [folder]
    return module


def _run(source: bytes, path: str, arguments: Sequence[str]) -> None:
    module = fresh_main(path, arguments)
    exec(_compiled(source, module.__file__ or path), module.__dict__)


#: The program that ran last: a search runs it a thousand times.
_last: dict[tuple[bytes, str], types.CodeType] = {}


def _compiled(source: bytes, path: str) -> types.CodeType:
    """The code of a program."""
    code: types.CodeType | None = _last.get((source, path))
    if code is None:
        _last.clear()
        code = _last[source, path] = compile(source, path, "exec", dont_inherit=True)
    return code


def ended_by(body: Callable[[], object]) -> int:
    """Runs code as Python runs a program, and returns the exit code. An exception that nobody
    caught is printed by Python's own `sys.excepthook`, or the program's."""
    code = 0
    for part in (body, threads.join_all, afresh.run_atexit):
        if _core.current() is None:
            # The run was ended, and the program has caught that.
            break
        try:
            part()
        except SystemExit as error:
            code = _code_of(error)
        except Exception as error:
            show(error)
            code = 1
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    return code


def show(error: BaseException) -> None:
    """Prints an exception that nobody caught, without frames of this package."""
    frames.strip(error)
    sys.stdout.flush()
    sys.excepthook(type(error), error, error.__traceback__)
    process, origin = _core.current(), _failures.origin_of(error)
    if origin is not None:
        print(f"note: {origin}", file=sys.stderr)
    if process is not None:
        cause = error.cause if isinstance(error, exceptions.RayTaskError) else error
        process.run.uncaught = "".join(traceback.format_exception_only(type(cause), cause)).strip()


def _code_of(error: SystemExit) -> int:
    if error.code is None:
        return 0
    if isinstance(error.code, int):
        return error.code
    print(error.code, file=sys.stderr)
    return 1
