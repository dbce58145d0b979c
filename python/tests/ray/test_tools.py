"""The tools of the command for Ray programs: each is tried by the command itself."""

import json
import re
import time

import pytest

from command import Programs

BANK = """
    import ray

    @ray.remote
    class Bank:
        def __init__(self, balance):
            self.balance = balance

        def read(self):
            return self.balance

        def write(self, balance):
            self.balance = balance

    @ray.remote
    def withdraw(bank, amount):
        balance = ray.get(bank.read.remote())
        ray.get(bank.write.remote(balance - amount))

    bank = Bank.remote(100)
    ray.get([withdraw.remote(bank, 30), withdraw.remote(bank, 50)])
    print("left:", ray.get(bank.read.remote()))
"""

RACE = """
    import time
    import ray

    @ray.remote
    class Account:
        def __init__(self):
            self.balance = 100

        def halve(self):
            self.balance //= 2

        def add(self, amount):
            self.balance += amount
            return self.balance

    @ray.remote
    def pay(account, amount):
        return ray.get(account.add.remote(amount))

    account = Account.remote()
    paid = pay.remote(account, 10)
    # So the next call arrives at the instant of that of the task.
    time.sleep(0.002)
    account.halve.remote()
    print("paid:", ray.get(paid))
    print("left:", ray.get(account.add.remote(0)))
"""

DICE = """
    import random
    import ray

    @ray.remote
    def throw():
        return random.randint(1, 1_000_000)

    print(ray.get([throw.remote() for _ in range(3)]))
"""

DAY = """
    import sys
    import time
    import ray

    @ray.remote
    class Oven:
        def bake(self, minutes):
            time.sleep(60 * minutes)
            return 10 // (4 - minutes)

    oven = Oven.options(name="oven").remote()
    for minutes in range(1, int(sys.argv[1]) + 1):
        print("baked", ray.get(oven.bake.remote(minutes)))
"""

STUCK = """
    import ray

    print("begin")

    @ray.remote
    class Node:
        def ask(self, other):
            return ray.get(other.answer.remote())

        def answer(self):
            return 42

    node = Node.remote()
    print(ray.get(node.ask.remote(node)))
"""

ENDLESS = """
    import ray

    print("begin")

    @ray.remote
    class Ball:
        def hit(self, count):
            return count + 1

    ball, count = Ball.remote(), 0
    while True:
        count = ray.get(ball.hit.remote(count))
"""


@pytest.fixture
def programs(tmp_path):
    made = Programs(tmp_path)
    for name, text in [
        ("bank.py", BANK), ("race.py", RACE), ("dice.py", DICE), ("day.py", DAY), ("stuck.py", STUCK),
        ("endless.py", ENDLESS),
    ]:  # fmt: skip
        made.write(name, text)
    return made


OTHER = "11=1,12=1"
"""The order in which the bank has another balance at the end."""


def test_a_seed_decides_all_that_is_random(programs):
    one, again, other = (programs.ray("dice.py", "--seed", seed).out for seed in "112")
    assert one == again != other and len(json.loads(one)) == 3


def test_a_record_is_traced_replayed_and_compared(programs):
    assert programs.ray("bank.py", "--record", "a.trace").out == "left: 50\n"
    assert programs.ray("bank.py", "--record", "b.trace", "--ties", OTHER).out == "left: 70\n"
    programs.ray("bank.py", "--record", "again.trace")
    trace = programs.command("trace", "a.trace", "--actor", "driver/Bank[0]").lines
    assert "0.355000000 driver/Bank[0] Bank.write(70)" in trace
    replayed = programs.command("replay", "b.trace")
    assert (replayed.code, replayed.lines) == (0, ["left: 70", "equal: 27 records"])
    assert programs.command("diff", "a.trace", "again.trace").code == 0
    found = programs.command("diff", "a.trace", "b.trace")
    assert found.code == 1 and "* message   Bank.read()" in found.out


def test_a_replay_notices_that_the_program_was_changed(programs):
    programs.ray("bank.py", "--record", "a.trace")
    programs.write("bank.py", BANK.replace("amount))", "amount - 1))"))
    found = programs.command("replay", "a.trace")
    assert found.code == 1 and "Bank.write(70)" in found.out and "Bank.write(69)" in found.out


def test_a_timeline_of_perfetto_has_a_track_for_each_actor(programs):
    programs.ray("bank.py", "--record", "a.trace")
    found = programs.command("trace", "a.trace", "--perfetto")
    events = json.loads(found.out)["traceEvents"]
    tracks = {one["args"]["name"] for one in events if one["name"] == "thread_name"}
    assert {"driver", "driver/Bank[0]", "driver/cluster[0]/worker[1]"} <= tracks
    assert any("Bank.write(70)" in one["name"] for one in events)


def test_verify_finds_what_does_not_repeat(programs):
    found = programs.command("verify", "ray", "--program", "dice.py")
    assert found.code == 0 and re.fullmatch(r"equal: \d+ records\n", found.out)
    programs.write("address.py", """
        import ray

        @ray.remote
        class Echo:
            def say(self, what):
                return what

        kept = [object() for _ in range(100)]
        print(ray.get(Echo.remote().say.remote(id(kept))))
    """)
    found = programs.command("verify", "ray", "--program", "address.py")
    assert found.code == 1 and "Echo.say(" in found.out


def test_ties_show_what_each_outcome_prints(programs):
    found = programs.command("ties", "ray", "--quiet", "--program", "race.py")
    assert re.match(r"2 outcomes of \d+ orders in \d+ classes of equivalent ones, \d+ runs: complete$",
                    found.lines[0])  # fmt: skip
    assert re.search(
        r'^ 50\.00 %  output "paid: 110" instead of "paid: 60"  --ties "[^"]*"$', found.out, re.M
    )
    by = programs.command("ties", "ray", "--quiet", "--of", "output", "--json", "--program", "race.py")
    told = json.loads(by.out)
    groups = told["of"]["groups"]
    assert sorted(group["value"] for group in groups) == [["paid: 110", "left: 55"], ["paid: 60", "left: 60"]]
    for group in groups:
        assert programs.ray("race.py", "--ties", group["ties"]).lines == group["value"]
    assert len({tuple(one["result"]["output"]) for one in told["outcomes"]}) == 2


def test_ties_group_outcomes_by_what_is_printed(programs):
    found = programs.command("ties", "ray", "--quiet", "--of", "output", "--program", "race.py")
    lines = [line.split("  --ties")[0].strip() for line in found.lines if " in 1 outcome" in line]
    assert sorted(lines) == [
        r'50.00 %  output "paid: 110\nleft: 55"  in 1 outcome',
        r'50.00 %  output "paid: 60\nleft: 60"  in 1 outcome',
    ]


def test_outcomes_differ_without_lists_too(programs):
    found = programs.command("ties", "ray", "-q", "--json", "--summary", "--program", "race.py")
    outcomes = [one["result"] for one in json.loads(found.out)["outcomes"]]
    assert len(outcomes) == 2 and "output" not in outcomes[0]


def test_ties_show_the_exception_of_an_outcome_and_print_no_traceback(programs):
    programs.write("check.py", RACE + '\n    assert ray.get(paid) == 60, "lost"\n')
    found = programs.command("ties", "ray", "--quiet", "--program", "check.py")
    assert 'exception "AssertionError: lost"' in found.out
    assert "exit_code 1 instead of 0" in found.out and found.err == ""


def test_a_program_that_was_changed_is_another_study(programs):
    programs.write("dice.py", "import random\nprint(random.randint(1, 6))\n")
    study = ["sweep", "ray", "--quiet", "--program", "dice.py", "--replications", "4", "--out", "days"]
    search = ["ties", "ray", "--quiet", "--program", "dice.py", "--out", "search"]
    assert programs.command(*study, "--shard", "1/2").code == 0
    assert programs.command(*search, "--shard", "1/2").code == 0
    programs.write("dice.py", "import random\nprint(random.randint(1, 8))\n")
    assert programs.command(*study, "--shard", "2/2").code == 5
    assert programs.command(*study).code == 5
    assert programs.command(*search, "--shard", "2/2").code == 5
    assert programs.command("merge", "search").code == 5
    programs.write("dice.py", "import random\nprint(random.randint(1, 6))\n")
    assert programs.command(*study).code == 0
    assert programs.command(*search).code == 0


def test_a_sweep_runs_many_seeds(programs):
    found = programs.command(
        "sweep", "ray", "--quiet", "--program", "dice.py", "--set", "seed=1,2", "--replications", "3"
    )
    assert found.code == 0 and "2 points, 6 replications" in found.out
    # The hash of a text has no mean.
    assert "exit_code" in found.out and "output" not in found.out


def test_a_stuck_program_is_a_failed_replication(programs):
    found = programs.command(
        "sweep", "ray", "--quiet", "--program", "stuck.py", "--set", "seed=1,2", "--replications", "2"
    )
    assert found.code == 1 and "4 of 4 replications failed" in found.err
    assert "the run got stuck: driver waits at " in found.err


@pytest.mark.parametrize("words", [["ray", "-q", "stuck.py"], ["run", "ray", "-q", "--program=stuck.py"]])
def test_a_stuck_program_is_told_of_with_its_lines(programs, words):
    found = programs.command(*words)
    assert (found.code, found.out) == (1, "begin\n")
    assert re.search(
        r"error: the run got stuck: driver waits at \S*stuck.py:15 in <module>: "
        r"print\(ray.get\(node.ask.remote\(node\)\)\); driver/Node\[0\] waits at \S*stuck.py:9 in ask: "
        r"return ray.get\(other.answer.remote\(\)\) \(event \d+, virtual time 0.004s, ", found.err
    ), found.err  # fmt: skip


@pytest.mark.parametrize(
    ("limit", "text"),
    [
        ("--max-events=50", "the limit of 50 events is reached (event 51,"),
        ("--end-time=1s", "the end time 1s is passed"),
        ("--max-actors=3", "the limit of 3 live actors is reached"),
    ],
)
@pytest.mark.parametrize("is_short", [True, False])
def test_a_limit_ends_a_program_and_says_where_it_was(programs, limit, text, is_short):
    short, long = ["ray", limit, "endless.py"], ["run", "ray", limit, "--program=endless.py"]
    found = programs.command(*(short if is_short else long))
    assert (found.code, found.out) == (1, "begin\n")
    assert text in found.err
    if "actors" not in limit:
        assert "the program was at these lines:\n  driver waits at " in found.err
        assert "endless.py:13 in <module>: count = ray.get(ball.hit.remote(count))" in found.err


def test_a_horizon_ends_a_program_without_an_error(programs):
    found = programs.ray("endless.py", "--horizon", "1s")
    assert (found.code, found.out, found.err) == (0, "begin\n", "")


def test_a_pace_takes_real_time_and_changes_nothing(programs):
    programs.write("pace.py", "import time\ntime.sleep(10)\nprint(time.time())\n")
    start = time.monotonic()
    slow = programs.ray("pace.py", "--pace", "10", "--json")
    took = time.monotonic() - start
    fast = programs.ray("pace.py", "--json")
    assert took > 1 and json.loads(slow.out)["digest"] == json.loads(fast.out)["digest"]


def test_an_exception_of_an_actor_is_shown_with_time_actor_and_event(programs):
    assert programs.command("ray", "--quiet", "day.py", "3").code == 0
    found = programs.command("ray", "--quiet", "--record", "day.trace", "day.py", "5")
    assert (found.code, found.lines) == (1, ["baked 3", "baked 5", "baked 10"])
    # CPython 3.14 says less.
    assert re.search(r"ZeroDivisionError: .* by zero\nnote: raised at 600\.", found.err)
    at, event = re.search(r"note: raised at ([\d.]+)s in driver/oven\[0\], event (\d+): Oven.bake\(4\)\n$",
                          found.err).groups()  # fmt: skip
    records = programs.command("trace", "day.trace", "--json").lines
    record = next(one for one in map(json.loads, records) if one["event"] == int(event))
    assert record["receiver"] == "driver/oven[0]" and record["time_ns"] == round(float(at) * 1e9)


def test_an_exception_that_went_through_others_is_named_where_it_began(programs):
    programs.write("deep.py", """
        import time
        import ray

        @ray.remote
        class Bank:
            def pay(self, amount):
                time.sleep(5)
                raise ValueError(f"no {amount}")

        @ray.remote
        def customer(bank):
            time.sleep(1)
            return ray.get(bank.pay.remote(7))

        @ray.remote
        def later(value):
            return value

        ray.get(later.remote(customer.remote(Bank.remote())))
    """)
    found = programs.ray("deep.py")
    assert re.search(r"note: raised at 6\.\d+s in driver/Bank\[0\], event \d+: Bank.pay\(7\)\n$", found.err)


@pytest.mark.parametrize("words", [["ray", "-q", "--json", "day.py", "4"],
                                   ["run", "ray", "-q", "--json", "--program=day.py", "--argument=4"]])  # fmt: skip
def test_the_object_has_the_output_and_the_exception(programs, words):
    found = programs.command(*words)
    told = json.loads(found.out)
    assert told["output"] == ["baked 3", "baked 5", "baked 10"] and found.code == 1
    assert re.fullmatch("ZeroDivisionError: .* by zero", told["exception"])
    assert "Traceback (most recent call last):" in found.err


@pytest.mark.parametrize(
    ("option", "remedy"), [("--cpus=3", "give --num-cpus"), ("--max-mailbox=3", "max_pending_calls")]
)
def test_what_has_no_meaning_for_ray_programs_is_refused(programs, option, remedy):
    found = programs.ray("bank.py", option)
    assert found.code == 2 and remedy in found.err


@pytest.mark.parametrize("cause", ["'full'", "None", "ValueError('inside')"])
def test_an_exception_with_a_cause_of_its_own_ends_the_program_with_1(programs, cause):
    programs.write(
        "cause.py",
        f"""
        class Odd(Exception):
            cause = {cause}

        raise Odd("planned")
        """,
    )
    ran = programs.ray("cause.py")
    assert ran.code == 1 and ran.err.endswith("Odd: planned\n"), ran.err
    assert '"exception":"Odd: planned"' in programs.command("ray", "--json", "cause.py").out


def test_a_note_is_told_by_all_tools(programs):
    programs.write(
        "note.py",
        """
        import contextlib, io, ray

        with contextlib.redirect_stderr(io.StringIO()) as told:
            ray.init(runtime_env={"pip": ["x"]})
        print(repr(told.getvalue()))
        """,
    )
    note = "note: pip of runtime_env has no effect in virtual time: see docs/ray.md#what-of-ray-there-is\n"
    assert programs.ray("note.py").out == "''\n"
    for words in (["ray", "note.py"], ["verify", "ray", "--program", "note.py"], ["ties", "ray", "--program", "note.py"]):
        assert programs.command(*words).err.count(note) == 1, words
