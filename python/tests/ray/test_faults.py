"""Fault plans for Ray programs: what a program sees is what it would see on a cluster."""

import pytest

from command import Programs

COUNTER = """
    import time
    import ray

    @ray.remote{options}
    class Counter:
        def __init__(self):
            self.count = 0

        def add(self):
            time.sleep(1)
            self.count += 1
            return self.count

    counter = Counter{name}.remote()
    for _ in range(6):
        try:
            print(ray.get(counter.add.remote()))
        except ray.exceptions.RayActorError as error:
            print(type(error).__name__)
"""

CRASH = "crash driver/Counter[0] at 2500ms"


@pytest.fixture
def programs(tmp_path):
    return Programs(tmp_path)


@pytest.mark.parametrize(
    ("options", "rules", "printed"),
    [
        ("", [CRASH], "1 2 ActorDiedError ActorDiedError ActorDiedError ActorDiedError"),
        ("(max_restarts=1)", [CRASH], "1 2 ActorUnavailableError 1 2 3"),
        ("(max_restarts=1, max_task_retries=1)", [CRASH], "1 2 1 2 3 4"),
        # An age counts again for each life, and a life has the path of the one before it.
        ("(max_restarts=1)", ["crash driver/Counter[0] after 2500ms"],
         "1 2 ActorUnavailableError 1 2 ActorDiedError"),
        ("(max_restarts=-1, max_task_retries=-1)", ["crash driver/Counter[0] after 2500ms"],
         "1 2 1 2 1 2"),
        ("", ["crash driver/Nobody[0] at 1s"], "1 2 3 4 5 6"),
    ],
)  # fmt: skip
def test_a_crash_is_the_death_of_an_actor_of_ray(programs, options, rules, printed):
    programs.write("it.py", COUNTER.format(options=options, name=""))
    found = programs.faulty("it.py", *rules)
    assert (found.code, found.lines) == (0, printed.split()), found.err
    note = "note: no actor was ever named driver/Nobody[0]; --trace shows the names\n"
    assert found.err == (note if "Nobody" in rules[0] else "")


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("till", "**/till[*]"),
        ("till", "driver/till[0]"),
        ("the first till", '"**/the first till[*]"'),
        # What has a meaning in paths.
        ("tills/[1]", "driver/tills_(1)[0]"),
    ],
)
def test_an_actor_is_found_by_its_name_in_ray(programs, name, pattern):
    programs.write("it.py", COUNTER.format(options="", name=f".options(name={name!r})"))
    found = programs.faulty("it.py", f"crash {pattern} at 2500ms")
    assert found.lines == ["1", "2"] + 4 * ["ActorDiedError"], found.err
    assert found.err == ""


def test_a_detached_actor_has_its_name_below_the_cluster(programs):
    named = '.options(name="till", lifetime="detached")'
    programs.write("it.py", COUNTER.format(options="(max_restarts=1)", name=named))
    found = programs.faulty("it.py", "crash driver/cluster[0]/till[0] after 2500ms")
    assert found.lines == "1 2 ActorUnavailableError 1 2 ActorDiedError".split()


def test_a_crash_that_ends_the_program_is_named_after_the_traceback(programs):
    programs.write("it.py", """
        import time
        import ray

        @ray.remote
        class Till:
            def pay(self):
                time.sleep(10)

        @ray.remote
        def customer(till):
            ray.get(till.pay.remote())

        ray.get(customer.remote(Till.remote()))
    """)
    found = programs.faulty("it.py", "crash driver/Till[0] at 2s")
    assert found.code == 1
    assert "RayTaskError(ActorDiedError): ray::customer()" in found.err
    assert found.err.endswith("note: driver/Till[0] died at 2s: it crashed by the fault plan\n")


def test_a_task_whose_worker_crashes_is_tried_again(programs):
    programs.write("it.py", """
        import time
        import ray

        @ray.remote
        def work(number):
            time.sleep(10)
            return number

        @ray.remote(max_retries=0)
        def once():
            time.sleep(10)

        start = time.time()
        print(ray.get([work.remote(1), work.remote(2)]), round(time.time() - start))
        try:
            ray.get(once.remote())
        except ray.exceptions.WorkerCrashedError as error:
            print("crashed", round(time.time() - start))
    """)
    crash = "crash driver/cluster[0]/worker[*] at {}"
    found = programs.faulty("it.py", crash.format("4s"), crash.format("20s"))
    assert found.lines == ["[1, 2] 15", "crashed 20"], found.err


MESSAGES = """
    import time
    import ray

    @ray.remote
    class Server:
        def ping(self):
            return time.time()

    server = Server.remote()
    ray.get(server.ping.remote())
    time.sleep(10 - time.time() % 600)
    start = time.time()
    try:
        there = ray.get(server.ping.remote(){timeout})
        print(f"there {{there - start:.3f}} back {{time.time() - start:.3f}}")
    except ray.exceptions.GetTimeoutError:
        print(f"timeout {{time.time() - start:.3f}}")
"""

THERE, BACK = "link driver -> driver/Server[0]", "link driver/Server[0] -> driver"


@pytest.mark.parametrize(
    ("rule", "printed"),
    [
        (f"{THERE} latency 1ms", "there 0.001 back 0.002"),
        (f"{THERE} latency 200ms from 9s", "there 0.200 back 0.201"),
        (f"{BACK} latency 2s", "there 0.001 back 2.001"),
        (f"{THERE} loss 1 from 9s", "timeout 5.000"),
        (f"{BACK} loss 1 from 9s", "timeout 5.000"),
        ("partition driver | driver/Server[0] from 9s to 11s", "timeout 5.000"),
        ("partition driver | driver/Server[0] from 11s to 12s", "there 0.001 back 0.002"),
    ],
)
def test_a_link_is_slow_or_loses_messages(programs, rule, printed):
    programs.write("it.py", MESSAGES.format(timeout=", timeout=5"))
    found = programs.faulty("it.py", rule)
    assert (found.code, found.lines) == (0, [printed]), found.err


@pytest.mark.parametrize("rule", [f"{THERE} loss 1 from 9s", f"{BACK} loss 1 from 9s"])
def test_a_lost_message_that_is_waited_for_is_told_of(programs, rule):
    programs.write("it.py", MESSAGES.format(timeout=""))
    found = programs.faulty("it.py", rule)
    assert (found.code, found.out) == (1, "")
    assert "note: the fault plan lost 1 message\nerror: the run got stuck: driver waits at " in found.err
    assert "it.py:15 in <module>: there = ray.get(server.ping.remote())" in found.err


SLOW = """
    import asyncio
    import threading
    import time
    import ray

    @ray.remote
    class Cook:
        def cook(self):
            time.sleep(10)
            return round(time.time() % 600, 1)

        def wait(self):
            threading.Event().wait(10)
            return round(time.time() % 600, 1)

    @ray.remote
    class Waiter:
        async def serve(self):
            await asyncio.sleep(10)
            return round(time.time() % 600, 1)

        async def limit(self):
            try:
                await asyncio.wait_for(asyncio.sleep(2), 3)
                return "in time"
            except asyncio.TimeoutError:
                return "too late"

    @ray.remote
    def task():
        time.sleep(10)
        return round(time.time() % 600, 1)

    ray.init(num_cpus=1)
    cooks, waiter = [Cook.remote(), Cook.remote()], Waiter.remote()
    print(ray.get([cook.cook.remote() for cook in cooks]), ray.get(waiter.serve.remote()))
    print(ray.get(waiter.limit.remote()))
    before = time.time() % 600
    print([round(time.time() % 600 - before - 10, 1) for _ in cooks[:1] if ray.get(cooks[0].wait.remote())])
"""


@pytest.mark.parametrize(
    ("rules", "printed"),
    [
        ([], "[10.0, 10.0] 20.0; in time; [0.0]"),
        # Sleeps stand for work; waits with a timeout do not.
        (["slow driver/Cook[0] by 3"], "[30.0, 10.0] 40.0; in time; [0.0]"),
        (["slow driver/Cook[0] by 3 from 5s to 11s"], "[14.0, 10.0] 24.0; in time; [0.0]"),
        (["slow driver/Waiter[*] by 2"], "[10.0, 10.0] 30.0; too late; [0.0]"),
    ],
)
def test_a_slow_actor_takes_longer_for_what_it_sleeps(programs, rules, printed):
    # Startups are left out, so that the numbers are round.
    programs.write("it.py", SLOW)
    words = [word for rule in rules for word in ("--fault", rule)]
    found = programs.ray("it.py", "--startup", "0s", *words)
    assert "; ".join(found.lines) == printed, found.err


def test_a_program_whose_driver_crashes_fails(programs):
    programs.write("it.py", COUNTER.format(options="", name=""))
    found = programs.faulty("it.py", "crash driver at 2500ms")
    assert (found.code, found.lines) == (1, ["1", "2"])
    assert "driver has died, and the program was not at its end" in found.err
