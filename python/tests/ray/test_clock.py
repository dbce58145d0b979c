"""The clock of simulated code."""

import asyncio
import copy
import datetime
import pickle
import time

import pytest
from world import process, simulated, thread

from flagfall.ray._errors import NotSupported

REAL = {name: getattr(time, name) for name in ("time", "sleep", "monotonic", "localtime")}
DAY = datetime.datetime
START = 1_767_225_600


def test_sleeping_costs_no_time():
    def main():
        first = time.time()
        time.sleep(3600.5)
        return first, time.time(), time.time_ns()

    began = time.monotonic()
    (first, last, whole), virtual = simulated(main)
    assert (first, last, whole) == (START, START + 3600.5, (START * 10 + 36005) * 10**8)
    assert virtual == 3600.5
    assert time.monotonic() - began < 60


@pytest.mark.parametrize("name", ["monotonic", "perf_counter", "process_time", "thread_time"])
def test_each_clock_passes(name):
    def main():
        clock, whole = getattr(time, name), getattr(time, f"{name}_ns")
        before, before_ns = clock(), whole()
        time.sleep(1.5)
        return clock() - before, whole() - before_ns

    assert simulated(main)[0] == (1.5, 1_500_000_000)


def test_today_is_the_first_of_january():
    def main():
        time.sleep(86_400.25)
        return (
            datetime.datetime.now(),
            datetime.datetime.now(datetime.timezone.utc),
            datetime.datetime.utcnow(),
            datetime.datetime.today(),
            datetime.date.today(),
            time.strftime("%Y-%m-%d %H:%M:%S"),
            time.ctime(),
            time.asctime(),
            time.localtime()[:6],
            time.gmtime(None)[:6],
            time.clock_gettime(time.CLOCK_REALTIME),
            time.localtime(0).tm_hour,
        )

    second = DAY(2026, 1, 2, 0, 0, 0, 250_000)
    fields = (2026, 1, 2, 0, 0, 0)
    assert simulated(main)[0] == (
        second, second.replace(tzinfo=datetime.timezone.utc), second, second, second.date(),
        "2026-01-02 00:00:00", "Fri Jan  2 00:00:00 2026", "Fri Jan  2 00:00:00 2026",
        fields, fields, START + 86_400.25, 0,
    )  # fmt: skip


def test_dates_are_those_of_c():
    def main():
        now, day = datetime.datetime.now(), datetime.date.today()

        class Mine(datetime.datetime):
            pass

        own = Mine.now()
        assert type(own) is Mine and own == now
        assert isinstance(own, datetime.datetime) and isinstance(own, datetime.date)
        assert not isinstance(now, Mine)
        assert issubclass(datetime.datetime, datetime.date) and issubclass(DAY, datetime.datetime)
        assert isinstance(now, datetime.datetime) and isinstance(now, datetime.date)
        assert isinstance(day, datetime.date) and not isinstance(day, datetime.datetime)
        assert type(now) is DAY and repr(now) == "datetime.datetime(2026, 1, 1, 0, 0)"
        assert repr(datetime.datetime.strptime("5 2026", "%d %Y")) == "datetime.datetime(2026, 1, 5, 0, 0)"
        assert datetime.datetime.fromisoformat("2026-01-01") == now
        for value in (now, day, own.date(), now.replace(fold=1), datetime.datetime.now(datetime.timezone.utc)):
            assert repr(pickle.loads(pickle.dumps(value))) == repr(value)
            assert copy.deepcopy(value) == copy.copy(value) == value
        assert pickle.loads(pickle.dumps(datetime.datetime)) is datetime.datetime
        return pickle.dumps([now, day])

    text, _ = simulated(main)
    assert pickle.loads(text) == [DAY(2026, 1, 1), datetime.date(2026, 1, 1)]


def test_everything_is_put_back():
    zone = time.tzname
    simulated(lambda: None)
    assert {name: getattr(time, name) for name in REAL} == REAL
    assert datetime.datetime is DAY and time.tzname == zone
    assert pickle.loads(pickle.dumps(DAY(2026, 1, 1))) == DAY(2026, 1, 1)


def test_outside_simulated_code_the_clock_is_real():
    from flagfall.ray import _world

    before = REAL["time"]()
    with _world.entered():
        assert before <= time.time() <= before + 60
        assert abs((datetime.datetime.now(datetime.timezone.utc).timestamp()) - before) < 60


@pytest.mark.parametrize(
    ("length", "error"),
    [(-1, ValueError), (float("nan"), ValueError), ("1", TypeError), (1e300, OverflowError)],
)
def test_a_wrong_length_is_refused_as_in_python(length, error):
    with pytest.raises(error):
        time.sleep(length)
    with pytest.raises(error):
        simulated(lambda: time.sleep(length))


def test_a_loop_that_reads_the_clock_ends():
    def main():
        end = time.time() + 2
        while time.time() < end:
            pass
        return time.time() - end

    late, virtual = simulated(main)
    assert 0 <= late < 0.001 and 2 <= virtual < 2.001


def test_another_time_zone_is_refused():
    import os

    def main():
        os.environ["TZ"] = "Europe/Paris"
        try:
            time.tzset()
        finally:
            del os.environ["TZ"]

    with pytest.raises(NotSupported, match="zoneinfo.ZoneInfo\\('Europe/Paris'\\)"):
        simulated(main)


async def _late(seconds, name):
    await asyncio.sleep(seconds)
    return name, time.time() - START


def test_asyncio_sleeps_in_virtual_time():
    async def main():
        return await asyncio.gather(_late(3, "a"), _late(1, "b"), _late(2, "c"))

    assert simulated(lambda: asyncio.run(main())) == ([("a", 3), ("b", 1), ("c", 2)], 3)


def test_asyncio_gives_up_in_virtual_time():
    async def main():
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(asyncio.Event().wait(), 5)
        return asyncio.get_running_loop().time()

    assert simulated(lambda: asyncio.run(main())) == (1005, 5)


def test_loops_of_many_processes_run_at_once():
    async def body(name):
        found = []
        for _ in range(3):
            found.append(await _late(1, name))
            # Blocks in the middle of a coroutine, as Ray's `get` does there.
            time.sleep(0.5)
            assert asyncio.current_task() is not None
        return found

    def main():
        begun = [process(lambda name=name: asyncio.run(body(name))) for name in "ab"]
        mine = asyncio.run(body("c"))
        return [mine, *(end() for end in begun)]

    found, virtual = simulated(main)
    assert found == [[(name, time) for time in (1, 2.5, 4)] for name in "cab"]
    assert virtual == 4.5


def test_a_loop_is_woken_from_another_thread():
    def main():
        loop = asyncio.new_event_loop()
        future = loop.create_future()

        def other():
            time.sleep(2)
            loop.call_soon_threadsafe(future.set_result, 7)

        end = thread(other)
        found = loop.run_until_complete(future)
        end()
        loop.close()
        return found, time.time() - START

    assert simulated(main)[0] == (7, 2)


def test_asynchronous_generators_are_closed_by_their_loop():
    closed = []

    async def numbers(name):
        try:
            for number in range(10):
                yield number
                await asyncio.sleep(1)
        finally:
            closed.append(name)

    async def body(name):
        async for number in numbers(name):
            if number == 2:
                break

    def main():
        end = process(lambda: asyncio.run(body("a")))
        asyncio.run(body("b"))
        end()

    simulated(main)
    assert sorted(closed) == ["a", "b"]


@pytest.mark.parametrize(
    "call",
    [
        lambda: asyncio.open_connection("localhost", 80),
        lambda: asyncio.create_subprocess_exec("true"),
    ],
)
def test_asyncio_refuses_what_waits_in_real_time(call):
    async def main():
        await call()

    with pytest.raises(NotSupported):
        simulated(lambda: asyncio.run(main()))
