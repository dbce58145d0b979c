"""What programs import in a run: the standard library, compiled packages, parts of Ray."""

import datetime
import importlib.machinery
import sys

import pytest
from command import Programs
from world import simulated

import flagfall.ray as ray
from flagfall.ray import _world

#: What opens windows or a browser, and what prints.
_SKIPPED = {"antigravity", "idlelib", "this", "tkinter", "turtle", "turtledemo"}


def printed(program):
    ran = Programs(program.parent).ray(program.name)
    assert ran.code == 0, ran.err
    return ran.out


def test_the_standard_library_can_be_imported(tmp_path):
    names = sorted(name for name in sys.stdlib_module_names - _SKIPPED if not name.startswith("_"))
    program = tmp_path / "program.py"
    program.write_text(
        "import importlib\n"
        f"for name in {names}:\n"
        "    try:\n"
        "        importlib.import_module(name)\n"
        "    except ImportError:\n"
        "        pass\n"
        "import multiprocessing\n"
        "print(multiprocessing.cpu_count() > 0)\n",
        encoding="utf-8",
    )
    # In an interpreter of its own: here, most are imported already.
    assert printed(program).splitlines()[-1] == "True"


def test_compiled_modules_see_the_classes_of_c(tmp_path, monkeypatch):
    (tmp_path / "inside_a_compiled_one.py").write_text(
        "import datetime\nclasses = datetime.date, datetime.datetime\n", encoding="utf-8"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "inside_a_compiled_one", raising=False)
    real = datetime.date, datetime.datetime

    def exec_module(self, module):
        import inside_a_compiled_one

        module.found = (datetime.date, datetime.datetime), inside_a_compiled_one.classes

    monkeypatch.setattr(importlib.machinery.ExtensionFileLoader, "exec_module", exec_module)
    with _world.entered():
        module = type(sys)("compiled")
        ours = datetime.date, datetime.datetime
        importlib.machinery.ExtensionFileLoader("compiled", "compiled.so").exec_module(module)
        assert module.found == (real, ours)
        assert (datetime.date, datetime.datetime) == ours
    assert (datetime.date, datetime.datetime) == real
    assert importlib.machinery.ExtensionFileLoader.exec_module is exec_module


def test_pandas_has_the_virtual_clock(tmp_path):
    pytest.importorskip("pandas")
    program = tmp_path / "program.py"
    program.write_text(
        "import time\n"
        "import pandas\n"
        "time.sleep(3600)\n"
        "for found in (pandas.Timestamp.now(), pandas.Timestamp.today(), pandas.Timestamp.now('UTC')):\n"
        "    print(found)\n",
        encoding="utf-8",
    )
    assert printed(program).splitlines() == [
        "2026-01-01 01:00:00", "2026-01-01 01:00:00", "2026-01-01 01:00:00+00:00"
    ]  # fmt: skip


def test_cloudpickle_is_a_part_of_ray():
    def main():
        import ray
        import ray.cloudpickle

        return ray.cloudpickle.loads(ray.cloudpickle.dumps(lambda: 7))()

    assert simulated(main)[0] == 7
    assert ray.cloudpickle.dumps(1) == ray.cloudpickle.dumps(1)


def test_an_import_of_a_part_changes_no_name():
    def main():
        import ray.util.placement_group
        from ray.util.placement_group import placement_group

        return ray.util.placement_group is placement_group

    assert simulated(main)[0]
