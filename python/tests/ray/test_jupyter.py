"""`%load_ext flagfall.ray`: cells in virtual time, one simulation for a kernel."""

import time

import pytest
from world import process

from flagfall.ray import _core, _world
from flagfall.ray._world import jupyter


@pytest.fixture
def shell():
    pytest.importorskip("IPython")
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    # Its history is a file and a thread.
    made = InteractiveShell(config=Config({"HistoryManager": {"enabled": False}}))
    jupyter.load_ipython_extension(made)
    yield made
    jupyter.unload_ipython_extension(made)
    InteractiveShell.clear_instance()


def test_cells_of_a_kernel_run_in_virtual_time(shell, capsys):
    def run(text):
        found = shell.run_cell(text)
        return found.error_in_exec or found.result

    began = time.monotonic()
    assert run("import time\nfrom time import sleep\ntime.monotonic()") == 1000
    assert run("sleep(3600)\ntime.monotonic()") == 4600
    # Between cells, the kernel has the real clock.
    assert 0 <= time.monotonic() - began < 60 and _world._inside.here() is None
    assert isinstance(run("1 / 0"), ZeroDivisionError)
    assert run("import asyncio\nawait asyncio.sleep(5)\ntime.monotonic()") == 4605
    assert run("import ray\nray.__name__") == "flagfall.ray"
    assert run("print(time.ctime())") is None
    assert "Thu Jan  1 01:00:05 2026" in capsys.readouterr().out


def test_what_a_cell_has_started_goes_on_in_the_next():
    with _world.entered():
        session = jupyter.Session(seed=3)
        found = []

        def late():
            time.sleep(2)
            found.append(time.monotonic())

        session.run(lambda: process(late))
        assert found == []
        session.run(lambda: time.sleep(5))
        assert [round(at) for at in found] == [1002]
        assert session.run(lambda: (_core.seed(), _core.now())) == (3, 5 * 10**9)
        with pytest.raises(KeyError):
            session.run(lambda: {}["a"])
        assert session.run(lambda: _core.now()) == 5 * 10**9
        session.close()
    assert _core.current() is None
