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
    assert re.fullmatch(r"seed=0, ties='\d+=\d+(,\d+=\d+)*'", line)
    code, out = tested(RACE.format(line))
    assert code == 1 and re.search(r"assert 55 == 60", out)
    assert tested(RACE.format(""))[0] == 0


def test_a_search_goes_through_all_orders_of_a_test_without_a_race(tested):
    code, out = tested(
        """
        import pytest
        import flagfall.ray as ray

        @ray.remote
        class Account:
            def __init__(self):
                self.balance = 100
            def add(self, amount):
                self.balance += amount
                return self.balance

        runs, last = [], set()

        @pytest.mark.ray(ties="search", latency="0")
        def test_the_account():
            account = Account.remote()
            found = ray.get([account.add.remote(10), account.add.remote(20)])
            runs.append(found)
            assert found == [110, 130]

        @ray.remote
        def add(account, amount):
            return ray.get(account.add.remote(amount))

        @pytest.mark.ray(ties="search", orders=3000)
        def test_the_tasks():
            account = Account.remote()
            last.add(tuple(ray.get([add.remote(account, 10), add.remote(account, 20)])))

        def test_what_was_found():
            # The calls of one caller keep their order, those of two do not.
            assert len(runs) > 1 and last == {(110, 130), (130, 120)}
        """
    )
    assert (code, "3 passed" in out, "warning" in out) == (0, True, False), out


def test_a_search_says_when_its_limit_is_reached(tested):
    code, out = tested(RACE.format('ties="search", orders=5').replace("== 60", "> 0"))
    assert code == 0 and "1 passed, 1 warning" in out
    assert re.search(
        r"test_the_account: it passed in \d+ runs, which are not all orders of simultaneous\s+events: "
        r"give its marker ray more than orders=5", out
    ), out  # fmt: skip


def test_a_test_that_keeps_something_between_its_runs_is_told_of(tested):
    kept = RACE.format('ties="search"').replace(
        "account = Account.remote()",
        "account = [Account.remote() for _ in range(len(KEPT))][0]; KEPT.append(0)",
    )
    code, out = tested(kept.replace("@ray.remote", "KEPT = [0]\n\n    @ray.remote", 1).replace("== 60", "> 0"))
    assert code == 1 and "the test is not the same in each run" in out, out


def test_a_test_that_waits_for_ever_fails(tested):
    code, out = tested(
        """
        import pytest
        import flagfall.ray as ray

        @ray.remote
        class Node:
            def ask(self, other):
                return ray.get(other.answer.remote())
            def answer(self):
                return 42

        @pytest.mark.ray
        def test_it():
            node = Node.remote()
            ray.get(node.ask.remote(node))
        """
    )
    assert code == 1 and "RunError: the run got stuck: driver waits at " in out
    assert re.search(r"test_it.py:15 in test_it: .*; driver/Node\[0\] waits at .*test_it.py:8 in ask", out), out


def test_a_failure_says_when_and_where_it_was_raised(tested):
    code, out = tested(
        """
        import pytest
        import time
        import flagfall.ray as ray

        @ray.remote
        class Oven:
            def bake(self, minutes):
                time.sleep(60 * minutes)
                raise ValueError("burnt")

        @pytest.mark.ray(num_cpus=1, latency="0")
        def test_it():
            ray.get(Oven.remote().bake.remote(2))
        """
    )
    assert code == 1 and "raised at 120s in driver/Oven[0], event" in out and ": Oven.bake(2)" in out, out


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
