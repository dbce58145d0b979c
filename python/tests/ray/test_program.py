"""Programs in files: as Python runs them."""

import os
import subprocess
import sys
import textwrap

import pytest
from world import process, simulated

from flagfall.ray._errors import MissingModule
from flagfall.ray._world import program


@pytest.fixture
def run(tmp_path, capsys):
    """Runs a program; returns its exit code, output and errors."""

    def run(text, *arguments, name="main.py", **options):
        path = tmp_path / name
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        code = program.run_file(str(path), arguments, **options)
        return (code, *capsys.readouterr())

    return run


def test_it_is_main(run, tmp_path):
    code, out, err = run(
        """
        import sys, time
        from time import sleep

        class Model: ...

        if __name__ == "__main__":
            sleep(60)
            print(sys.argv[1:], sys.path[0], __file__, time.time())
            print(Model.__module__, sys.modules["__main__"].Model is Model, __doc__, __spec__)
        """,
        "--epochs", "3",
    )  # fmt: skip
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        f"['--epochs', '3'] {tmp_path} {tmp_path / 'main.py'} 1767225660.0",
        "__main__ True None None",
    ]


ENDS = {
    "": 0,
    "raise SystemExit": 0,
    "import sys; sys.exit(3)": 3,
    "import sys; sys.exit('over')": 1,
    "import os\ndef f(x):\n    return x / 0\nf(1)": 1,
    "import time\n\ntime.sleep(-1)": 1,
    "try:\n    {}['a']\nexcept KeyError as error:\n    raise ValueError('b') from error": 1,
    "def f(:\n    pass": 1,
    "import helper_that_is_missing": 1,
    "import atexit\nfor number in range(2):\n    atexit.register(print, number)\nprint('end')": 0,
    "import sys\nsys.excepthook = lambda *args: print('mine', args[1])\n1 / 0": 1,
    "import sys\nprint('to err', file=sys.stderr, flush=True)\nassert False, 'no'": 1,
}


@pytest.mark.parametrize("text", ENDS)
def test_it_ends_as_under_python(run, tmp_path, text):
    found = run(text)
    real = subprocess.run(
        [sys.executable, str(tmp_path / "main.py")], capture_output=True, text=True, check=False
    )
    assert found == (real.returncode, real.stdout, real.stderr)
    assert real.returncode == ENDS[text]


def test_the_next_run_begins_afresh(run, tmp_path):
    (tmp_path / "helper_of_it.py").write_text("calls = []\n", encoding="utf-8")
    text = """
        import logging, os, sys, warnings
        import helper_of_it
        helper_of_it.calls.append(1)
        print(helper_of_it.calls, len(logging.root.handlers), os.getcwd(), len(sys.path))
        logging.basicConfig(); warnings.simplefilter("error"); os.chdir("/")
        sys.path.append("x"); sys.setrecursionlimit(5000)
        """
    before = (sys.argv[:], sys.path[:], set(sys.modules), os.getcwd(), sys.getrecursionlimit(), sys.stdout)
    first = run(text)
    assert first[0] == 0 and first[1].startswith("[1] ")
    assert run(text) == first
    after = (sys.argv[:], sys.path[:], set(sys.modules), os.getcwd(), sys.getrecursionlimit(), sys.stdout)
    assert after == before


def test_ray_is_ours_during_the_run(run):
    text = """
        import sys
        import ray
        import flagfall.ray
        assert ray is flagfall.ray and sys.modules["ray"] is ray
        assert flagfall.ray.__spec__.name == "flagfall.ray"
        import ray.no_such_thing
        """
    code, _, err = run(text)
    assert code == 1
    assert err.endswith(
        "flagfall.ray.MissingModule: ray.no_such_thing is not supported in virtual time; "
        "docs/ray.md#what-of-ray-there-is lists what is\n"
    ), err
    assert "ray" not in sys.modules and "importlib" not in err


def test_a_missing_module_may_be_caught_as_such():
    def main():
        with pytest.raises(MissingModule) as error:
            import ray.tune.schedulers  # noqa: F401
        assert isinstance(error.value, ImportError)
        return error.value.name

    assert simulated(main)[0] == "ray.tune"


def test_workers_print_their_name(capsys):
    def worker():
        sys.stdout.write("one\ntw")
        print("o")
        print("no end", end="")
        print("oh", file=sys.stderr)
        return os.getpid(), os.getppid()

    def main():
        print("driver")
        found = process(worker)()
        return found, os.getpid()

    ((pid, parent), driver), _ = simulated(main)
    out, err = capsys.readouterr()
    lines = ["one", "two", "no end"]
    assert out == "driver\n" + "".join(f"(process pid={pid}) {line}\n" for line in lines)
    assert err == f"(process pid={pid}) oh\n"
    assert parent == driver and pid != driver and os.getpid() != driver
    assert simulated(main)[0] == ((pid, parent), driver)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    from flagfall import FileError, UsageError

    with pytest.raises(FileError, match="none.py: No such file"):
        program.run_file(str(tmp_path / "none.py"))
    with pytest.raises(UsageError, match="ends with .py or .ipynb"):
        program.run_file("program.txt")


def test_functions_that_stand_for_others_in_a_run_travel(run):
    """`reprlib` keeps `_thread.get_ident` as it was: a pickle cannot name it."""
    code, out, err = run(
        """
        import reprlib
        import ray

        class Box:
            @reprlib.recursive_repr()
            def __repr__(self):
                return f"Box({self.inner!r})"

        @ray.remote
        def look(box):
            box.inner = box
            return repr(box)

        ray.init()
        print(ray.get(look.remote(Box())))
        """
    )
    assert (code, out, err) == (0, "Box(...)\n", "")


@pytest.mark.parametrize("first", ["", "import ray\nray.init()\n"])
def test_the_driver_may_exit_at_once(tmp_path, first):
    program = tmp_path / "program.py"
    program.write_text(f"import os\n{first}os._exit(7)\n", encoding="utf-8")
    words = [sys.executable, "-m", "flagfall", "ray", "--quiet", str(program)]
    ended = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (7, "")
