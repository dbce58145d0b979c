"""The plugin of pytest: tests that run as the driver of a simulation."""

import os
import re
import subprocess
import sys
import textwrap

import pytest

@pytest.fixture
def tested(tmp_path):
    """Runs pytest on a file of tests, in an interpreter of its own."""

    def tested(text):
        (tmp_path / "test_it.py").write_text(textwrap.dedent(text), encoding="utf-8")
        words = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider",
                 "-q", str(tmp_path)]  # fmt: skip
        found = subprocess.run(words, capture_output=True, text=True, check=False, cwd=tmp_path)
        return found.returncode, found.stdout

    return tested


def test_tests_run_in_virtual_time(tested):
    code, out = tested(
        """
        import time
        from time import sleep
        import pytest

        @pytest.mark.ray(seed=3)
        def test_marked(tmp_path):
            sleep(3600)
            assert time.time() == 1767229200 and tmp_path.exists()

        def test_with_fixture(ray_sim):
            time.sleep(1.5)
            assert ray_sim.now == 1.5 and ray_sim.seed == 0

        def test_without():
            assert time.time() != 1767225600 and sleep.__module__ != "flagfall.ray._world._inside"

        @pytest.mark.ray
        def test_skips():
            pytest.skip("no")

        @pytest.mark.ray
        def test_fails():
            assert time.monotonic() == 7
        """
    )
    assert code == 1
    assert "1 failed, 3 passed, 1 skipped" in out
    assert "assert 1000.0 == 7" in out


RACE = """
    import pytest
    import flagfall.ray as ray

    @ray.remote
    class Account:
        def __init__(self):
            self.balance = 100
        def halve(self):
            self.balance //= 2
        def add(self):
            self.balance += 10
        def read(self):
            return self.balance

    @ray.remote
    def change(account, name):
        ray.get(getattr(account, name).remote())

    @pytest.mark.ray({})
    def test_the_account():
        account = Account.remote()
        ray.get([change.remote(account, "halve"), change.remote(account, "add")])
        assert ray.get(account.read.remote()) == 60
    """


def test_the_search_finds_a_race_and_the_line_that_repeats_it(tested):
    code, out = tested(RACE.format('ties="search"'))
    assert code == 1 and "AssertionError under another order of simultaneous events" in out
    line = re.search(r"This repeats it: @pytest.mark.ray\((.*)\)", out)[1]
    assert re.fullmatch(r"seed=0, ties='shuffle:\d+'", line)
    code, out = tested(RACE.format(line))
    assert code == 1 and re.search(r"assert 55 == 60", out)
    assert tested(RACE.format(""))[0] == 0


def test_an_unknown_option_is_refused(tested):
    code, out = tested(
        """
        import pytest

        @pytest.mark.ray(sed=3)
        def test_it():
            pass
        """
    )
    assert code == 1 and "sed is no option of the marker ray: it has seed, ties" in out
