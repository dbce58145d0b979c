"""The clock of simulated code: `time`, and today's date."""

from __future__ import annotations

import copyreg
import datetime
import functools
import importlib.machinery
import logging
import math
import operator
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from flagfall.ray import _core
from flagfall.ray._errors import NotSupported
from flagfall.ray._world._inside import here, mine
from flagfall.ray._world.patches import Patches

EPOCH = 1_767_225_600 * 10**9
"""When runs begin: 2026-01-01T00:00:00Z, in nanoseconds since 1970."""
UPTIME = 1_000 * 10**9
"""How long the machine is up then: programs take a reading of 0 for none."""
PATIENCE = 10_000
"""So many readings at one instant are taken for a loop that waits for a time to come."""
STEP = 100e-6
"""What each further reading takes, in seconds."""

_Struct = Callable[..., Any]


class _Readings:
    """The readings of a process at one instant."""

    __slots__ = ("at", "count")

    def __init__(self, _: object) -> None:
        self.at, self.count = -1, 0


def reading() -> int:
    """Virtual nanoseconds since the start of the run.

    Reading costs no virtual time, so a loop that reads the clock until it shows a certain time
    would never end. From its 10,000th reading at an instant on, each takes 100 us.
    """
    now = _core.now()
    process = here()
    if process is None:
        return now
    seen = mine(process, "readings", _Readings)
    if now != seen.at:
        seen.at, seen.count = now, 0
    elif seen.count < PATIENCE:
        seen.count += 1
    else:
        _core.sleep(STEP)
        now = seen.at = _core.now()
    return now


def _seconds(start: int) -> Callable[[], float]:
    return lambda: (start + reading()) / 10**9


def _nanoseconds(start: int) -> Callable[[], int]:
    return lambda: start + reading()


def _sleep(seconds: Any, /) -> None:
    length = seconds if isinstance(seconds, float) else operator.index(seconds)
    # Python's own words, which programs may look for.
    if math.isnan(length):
        raise ValueError("Invalid value NaN (not a number)")
    if length < 0:
        raise ValueError("sleep length must be non-negative")
    if length > 9.2e9:
        raise OverflowError("timestamp too large to convert to C _PyTime_t")
    _core.work(float(length))


def _whole_seconds() -> int:
    return (EPOCH + reading()) // 10**9


def _of_now(real: _Struct, place: int) -> _Struct:
    """A function of `time` whose argument at that place is now if it is left out."""

    def virtual(*args: Any) -> Any:
        if len(args) <= place or (args[place] is None and place == 0):
            now: Any = _whole_seconds()
            # Those with an argument before it, or none, take a broken-down time.
            return real(*args[:place], now if real.__name__ in _OF_SECONDS else time.gmtime(now))
        return real(*args)

    return virtual


_OF_SECONDS = ("localtime", "gmtime", "ctime")


def _clock_gettime_ns(clock: int, /) -> int:
    if clock == time.CLOCK_REALTIME:
        return EPOCH + reading()
    return _start_of(clock) + reading()


def _start_of(clock: int) -> int:
    cpu = (time.CLOCK_PROCESS_CPUTIME_ID, time.CLOCK_THREAD_CPUTIME_ID)
    return 0 if clock in cpu else UPTIME


def _tzset() -> None:
    zone = os.environ.get("TZ", "UTC")
    if zone not in ("UTC", "UTC0", "GMT", "Etc/UTC", ""):
        raise NotSupported(
            f"time.tzset with TZ={zone}: simulated code is in UTC. Use zoneinfo.ZoneInfo({zone!r})"
        )


def _install_time(patches: Patches) -> None:
    starts = {"time": EPOCH, "monotonic": UPTIME, "perf_counter": UPTIME, "process_time": 0,
              "thread_time": 0}  # fmt: skip
    for name, start in starts.items():
        virtual: dict[str, Callable[[], Any]] = {
            name: _seconds(start), f"{name}_ns": _nanoseconds(start)
        }  # fmt: skip
        for one, function in virtual.items():
            patches.either(time, one, function)
    for name, place in (("localtime", 0), ("gmtime", 0), ("ctime", 0), ("asctime", 0), ("strftime", 1)):
        patches.either(time, name, _of_now(getattr(time, name), place))
    patches.either(time, "sleep", _sleep)
    patches.either(time, "tzset", _tzset)
    patches.either(time, "clock_gettime_ns", _clock_gettime_ns)
    patches.either(time, "clock_gettime", lambda clock: _clock_gettime_ns(clock) / 10**9)
    # What log records count from.
    is_whole = isinstance(vars(logging)["_startTime"], int)
    patches.replace(logging, "_startTime", EPOCH if is_whole else EPOCH / 10**9)


def _install_zone(patches: Patches) -> None:
    """Puts the C library into UTC, without a trace in `os.environ`."""
    before = os.environ.get("TZ")
    tzset = time.tzset

    def back() -> None:
        if before is None:
            os.unsetenv("TZ")
        else:
            os.putenv("TZ", before)
        tzset()

    patches.later(back)
    os.putenv("TZ", "UTC")
    tzset()


_RealDate = datetime.date
_RealDatetime = datetime.datetime


class _Alike(type):
    """The type of classes that stand for another: what is an instance of that is one of theirs."""

    _real: type

    def __instancecheck__(cls, instance: object) -> bool:
        # Only the two classes have it themselves; a program's subclass inherits it.
        return isinstance(instance, vars(cls).get("_real", ())) or super().__instancecheck__(instance)

    def __subclasscheck__(cls, subclass: type) -> bool:
        return issubclass(subclass, vars(cls).get("_real", ())) or super().__subclasscheck__(subclass)


class date(_RealDate, metaclass=_Alike):
    """Stands for `datetime.date`, of which its instances are."""

    _real = _RealDate

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        if cls is date:
            return _RealDate(*args, **kwargs)
        return super().__new__(cls, *args, **kwargs)

    @classmethod
    def today(cls) -> Any:
        if here() is None:
            return super().today()
        return cls.fromtimestamp(_whole_seconds())


class datetime_(_RealDatetime, metaclass=_Alike):
    """Stands for `datetime.datetime`, of which its instances are."""

    _real = _RealDatetime

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        if cls is datetime_:
            return _RealDatetime(*args, **kwargs)
        return super().__new__(cls, *args, **kwargs)

    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> Any:
        if here() is None:
            return super().now(tz)
        seconds, rest = divmod(EPOCH + reading(), 10**9)
        return cls.fromtimestamp(seconds, tz).replace(microsecond=rest // 1_000)

    @classmethod
    def utcnow(cls) -> Any:
        return super().utcnow() if here() is None else cls.now()

    @classmethod
    def today(cls) -> Any:
        return super().today() if here() is None else cls.now()


for _class, _name in ((date, "date"), (datetime_, "datetime")):
    # Pickles name the class by these.
    _class.__module__, _class.__name__, _class.__qualname__ = "datetime", _name, _name
del _class, _name


_CLASSES = ((_RealDate, date), (_RealDatetime, datetime_))


@contextmanager
def _shown(place: int) -> Iterator[None]:
    """The module has the real classes (0), or those that stand for them (1)."""
    before = datetime.date, datetime.datetime
    _name_classes(*(pair[place] for pair in _CLASSES))
    try:
        yield
    finally:
        _name_classes(*before)


def _name_classes(of_dates: type, of_datetimes: type) -> None:
    vars(datetime).update(date=of_dates, datetime=of_datetimes)


def _around(real: Callable[..., Any], place: int) -> Callable[..., Any]:
    @functools.wraps(real)
    def loads(*args: Any) -> Any:
        with _shown(place):
            return real(*args)

    return loads


def _install_imports(patches: Patches) -> None:
    """Compiled modules take the classes for their layout in memory, as pandas does: while they are
    imported, the module has the real ones. Python modules that they import in turn see ours."""
    compiled = importlib.machinery.ExtensionFileLoader
    patches.replace(compiled, "create_module", _around(compiled.create_module, 0))
    patches.replace(compiled, "exec_module", _around(compiled.exec_module, 0))
    source = importlib.machinery.SourceFileLoader
    patches.replace(source, "exec_module", _around(source.exec_module, 1))

    def of_pandas(module: ModuleType) -> None:
        # It has the real class, and so the real clock.
        stamp: Any = vars(module)["Timestamp"]
        real: dict[str, Any] = {name: getattr(stamp, name) for name in ("now", "utcnow")}

        def now(tz: Any = None) -> Any:
            if here() is None:
                return real["now"](tz)
            # In UTC, as all simulated code is.
            return stamp((EPOCH + reading()) // 1_000, unit="us", tz="UTC").tz_convert(tz)

        def utcnow() -> Any:
            return real["utcnow"]() if here() is None else stamp.now("UTC")

        for name, virtual in (("now", now), ("today", now), ("utcnow", utcnow)):
            patches.replace(stamp, name, staticmethod(virtual))

    patches.when_imported("pandas._libs.tslibs.timestamps", of_pandas)


def _install_dates(patches: Patches) -> None:
    """Instances stay those of C, so that their texts, pickles and uses in C are the same."""
    _install_imports(patches)
    for real, ours in _CLASSES:
        patches.replace(datetime, real.__name__, ours)

        def reduced(value: Any, ours: type = ours) -> Any:
            # A pickle refuses a class that is not what its module has under its name.
            return ours, value.__reduce_ex__(4)[1]

        copyreg.pickle(real, reduced)
        patches.later(functools.partial(copyreg.dispatch_table.pop, real, None))


def install(patches: Patches) -> None:
    """Makes the clock that of the simulation, for simulated code."""
    _install_time(patches)
    _install_zone(patches)
    _install_dates(patches)
