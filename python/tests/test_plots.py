"""Plots: what is drawn are the numbers of the results, with their intervals and units."""

import datetime
import json
import pathlib
import pickle
import re
import subprocess
import sys

import pytest

import flagfall

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")
pyplot = pytest.importorskip("matplotlib.pyplot")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    yield
    pyplot.close("all")


def grid(**options):
    levels = {"fleet": [2, 4], "every": ["1s", "2500ms"]}
    return flagfall.sweep("taxi", grid=levels, replications=20, out="grid", **options)


def intervals(axes):
    """The ends of the intervals that are drawn, from the left to the right or downward."""
    found = []
    for container in axes.containers:
        _, _, (bars,) = container
        found += [segment.tolist() for segment in bars.get_segments()]
    return found


def measure_of(study, point, name):
    return next(one for one in study.summary["points"][point]["measures"] if one["name"] == name)


def test_means_are_drawn_with_their_intervals():
    study = grid()
    axes = study.plot(measure="ride_time")
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("fleet", "ride_time (s)")
    legend = axes.get_legend()
    assert legend.get_title().get_text() == "every"
    assert [text.get_text() for text in legend.get_texts()] == ["1s", "2500ms"]
    # Points go through the levels of the last factor first: 2 1s, 2 2500ms, 4 1s, 4 2500ms.
    wanted = [measure_of(study, point, "ride_time") for point in (0, 2, 1, 3)]
    drawn = intervals(axes)
    assert len(drawn) == 4
    for ((x, low), (_, high)), fleet, one in zip(drawn, (2, 4, 2, 4), wanted):
        assert (low, high) == pytest.approx((one["low"], one["high"]))
        assert abs(x - fleet) < 0.1
    lines = [line.get_ydata().tolist() for line in axes.lines if len(line.get_xdata()) == 2]
    assert lines == [[wanted[0]["mean"], wanted[1]["mean"]], [wanted[2]["mean"], wanted[3]["mean"]]]
    title = axes.get_title(loc="left")
    assert title == "taxi: mean and 95 % confidence interval\n20 replications at each point"


def test_the_user_says_what_is_drawn_and_where():
    study = grid()
    assert study.plot().get_ylabel() == "rides"
    figure, (left, right) = pyplot.subplots(1, 2)
    assert study.plot(left, measure="commission", against="every", at={"fleet": 2}) is left
    assert study.plot(ax=right, measure="commission", at={"every": "1s", "fleet": 4}) is right
    assert (left.get_xlabel(), left.get_ylabel()) == ("every", r"commission (\$)")
    assert [tick.get_text() for tick in left.get_xticklabels()] == ["1s", "2500ms"]
    assert left.get_xticks().tolist() == [1.0, 2.5]
    assert left.get_legend() is None
    assert "taxi, fleet 2: mean" in left.get_title(loc="left")
    assert len(intervals(right)) == 1
    single = flagfall.sweep("taxi", replications=5, out="single").plot(measure="commission")
    assert (len(intervals(single)), single.get_xlabel()) == (1, "")


def test_levels_are_given_to_a_plot_as_to_a_grid():
    def model(span, steps, seed, replication):
        return {"wait": span.total_seconds() + len(steps)}

    second, minute = datetime.timedelta(seconds=1), datetime.timedelta(minutes=1)
    grid = {"span": [second, minute], "steps": [[1], [1, 2]]}
    own = flagfall.study(model, grid, replications=2, processes=1, out="own")
    assert len(own.plot(at={"span": minute}).get_xticks()) == 2
    assert len(own.plot(at={"steps": [1, 2]}).get_xticks()) == 2
    of_model = flagfall.sweep("taxi", grid={"every": [second, minute], "fleet": [2, 4]}, replications=2, out="every")
    assert "every 60000000us" in of_model.plot(at={"every": minute}).get_title(loc="left")
    with pytest.raises(flagfall.UsageError, match="at has every at '2000000us'"):
        of_model.plot(at={"every": datetime.timedelta(seconds=2)})


def test_many_points_are_drawn_without_a_search_or_a_warning(recwarn):
    def model(load, kind, seed, replication):
        return {"wait": load}

    grid = {"load": range(400), "kind": [1, 2]}
    axes = flagfall.study(model, grid, replications=1, processes=1, out="many").plot()
    axes.figure.canvas.draw()
    # The best place would be in a corner without lines, here at the upper left.
    assert axes.get_legend()._get_loc() == axes.get_legend().codes["upper right"]
    assert "1 replication at each point" in axes.get_title(loc="left")
    assert not recwarn.list


def test_what_has_no_interval_is_hollow_and_said():
    axes = grid().plot(measure="rides")
    assert intervals(axes) == []
    assert "hollow: no interval" in axes.get_title(loc="left")
    markers = [line for line in axes.lines if line.get_marker() in "os"]
    assert {line.get_markerfacecolor() for line in markers} == {"none"}
    assert len(markers) == 4


@pytest.mark.parametrize("levels, places, label", [
    ([1, 2, 4], [1, 2, 4], "fleet"),
    ([4, 1, 2], [4, 1, 2], "fleet"),
    ([1, 2, 1000], [0, 1, 2], "fleet (levels at equal distances)"),
])  # fmt: skip
def test_levels_stand_at_their_numbers_if_there_is_room(levels, places, label):
    study = flagfall.sweep("taxi", grid={"fleet": levels}, replications=2, out="days")
    axes = study.plot(measure="commission")
    assert axes.get_xticks().tolist() == places
    assert [tick.get_text() for tick in axes.get_xticklabels()] == [str(level) for level in levels]
    assert axes.get_xlabel() == label


def test_words_stand_side_by_side_and_many_numbers_have_an_axis():
    words = flagfall.sweep("queue", grid={"service_law": ["exponential", "erlang:3"]}, replications=3,
                           customers=100, out="words").plot()  # fmt: skip
    assert words.get_xticks().tolist() == [0, 1]
    spans = [f"{100 + 10 * place}ms" for place in range(14)]
    study = flagfall.sweep("taxi", grid={"every": spans}, replications=2, out="spans")
    assert study.plot(measure="commission").get_xlabel() == "every (s)"


def test_failed_replications_are_said():
    with pytest.raises(flagfall.RunError) as failed:
        flagfall.sweep("taxi", max_events=100, replications=10, grid={"fleet": [2, 3]}, out="limited")
    study = failed.value.study
    count = sum(point["failed"] for point in study.summary["points"])
    assert 0 < count
    told = f"{count} replications failed and are in no mean"
    assert told in study._repr_html_()
    if any(measure["mean"] is not None for point in study.summary["points"] for measure in point["measures"]):
        title = study.plot(measure="commission").get_title(loc="left")
        assert f"{count} failed and are in no mean" in title


def test_differences_are_drawn_with_their_intervals():
    found = flagfall.compare("taxi", rides=50, grid={"fleet": [4, 6, 7]}, of=["refused_share", "taxi_cash"])
    axes = found.plot()
    assert axes.get_xlabel() == "difference in refused_share"
    pairs = found.differences("refused_share")
    assert [pair["established"] for pair in pairs] == [True, True, False]
    drawn = intervals(axes)
    for ((low, row), (high, _)), (place, pair) in zip(drawn, enumerate(pairs[:2])):
        assert (low, high, row) == pytest.approx((pair["low"], pair["high"], place))
    assert len(drawn) == 2
    # The third is 0 in all replications: it has no interval, and is hollow.
    assert [text.get_text() for text in axes.texts] == ["0 (all 100 equal)"]
    assert [tick.get_text() for tick in axes.get_yticklabels()][0] == "fleet=4 − fleet=6"
    zero = [line for line in axes.lines if list(line.get_xdata()) == [0, 0]]
    assert len(zero) == 1
    assert axes.get_title(loc="left") == (
        "Differences with simultaneous 95 % intervals\n"
        "100 replications of each; hollow: not established")  # fmt: skip
    assert found.plot(measure="taxi_cash").get_xlabel() == r"difference in taxi_cash (\$)"


def test_a_timeline_is_that_of_the_page():
    flagfall.sweep("taxi", rides=30, grid={"fleet": [3]}, replications=3, out="days")
    page = flagfall.report("days", run="0:2").page()
    data = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    shown = json.loads(data[1])["run"]
    timeline = flagfall.run("taxi", rides=30, fleet=3, replication=2).timeline()
    beside = {"point", "replication", "command", "resources", "resources_note"}
    told = {name: shown[name] for name in shown.keys() - beside}
    assert timeline.json == told
    assert (timeline.model, timeline.records) == ("taxi", len(shown["time"]))
    assert timeline.end == shown["end"] / 1e9
    assert pickle.loads(pickle.dumps(timeline)) == timeline
    busy = [span for span in timeline.spans() if span["what"] == "busy"]
    assert len(busy) == len(shown["bars"]["at"]) > 30
    # A taxi has one ride at a time.
    taxi = [span for span in busy if span["actor"] == "driver/dispatcher/taxi[0]"]
    assert all(one["end"] <= other["start"] for one, other in zip(taxi, taxi[1:]))
    assert len(taxi) > 3


def test_a_timeline_has_a_row_for_each_actor():
    timeline = flagfall.run("taxi", rides=30, fleet=3).timeline()
    axes = timeline.plot()
    rows = [tick.get_text() for tick in axes.get_yticklabels()]
    assert rows == timeline.actors
    assert axes.get_xlabel() == "virtual time (s)"
    taxi = "driver/dispatcher/taxi[1]"
    row = rows.index(taxi)
    drawn = [path.get_extents() for bars in axes.collections for path in bars.get_paths()]
    drawn = sorted((box.x0, box.x1) for box in drawn if row - 0.4 < (box.y0 + box.y1) / 2 < row + 0.3
                   and box.y1 - box.y0 > 0.5)  # fmt: skip
    busy = [span for span in timeline.spans() if (span["what"], span["actor"]) == ("busy", taxi)]
    wanted = [(span["start"], span["end"]) for span in busy]
    assert [time for ends in drawn for time in ends] == pytest.approx([time for ends in wanted for time in ends])
    labels = [text.get_text() for text in axes.get_legend().get_texts()]
    assert {"busy", "message", "handled"} <= set(labels)
    alone = timeline.plot(actors=[taxi], messages=False)
    assert [tick.get_text() for tick in alone.get_yticklabels()] == [taxi]
    assert "message" not in [text.get_text() for text in alone.get_legend().get_texts()]


def test_dots_are_seen_on_bars_in_any_style():
    """Bars are light in all styles, and a light dot on them needs a dark rim."""
    timeline = flagfall.run("taxi").timeline()
    for style, dot, rim in (("default", "black", "black"), ("dark_background", "white", "black")):
        with pyplot.style.context(style):
            dots = next(line for line in timeline.plot().lines if line.get_label() == "handled")
        assert (dots.get_color(), dots.get_markeredgecolor()) == (dot, rim)


def test_long_runs_and_many_actors_say_what_is_left_out():
    timeline = flagfall.run("queue", customers=20_000).timeline()
    assert (timeline.records, timeline.note) == (20_000, "Its first 20000 records.")
    assert "Its first 20000 records." in timeline.plot().get_title(loc="left")
    many = flagfall.run("taxi", rides=100, fleet=60, every="20ms").timeline()
    assert f"The first 40 of {len(many.actors)} actors." in many.plot().get_title(loc="left")
    quick = flagfall.run("messages", latency="1us", poll_every="5us", workers=1).timeline()
    assert quick.end == 7e-5
    axes = quick.plot()
    assert axes.get_xlabel() == "virtual time (µs)"
    assert 70 < axes.get_xlim()[1] < 72


def test_a_run_that_was_pickled_has_no_timeline():
    run = pickle.loads(pickle.dumps(flagfall.run("taxi", seed=7)))
    with pytest.raises(flagfall.UsageError, match=r"make it again, by flagfall.run\('taxi', seed=7, ...\)"):
        run.timeline()


def test_bad_arguments_are_named():
    study, timeline = grid(), flagfall.run("taxi").timeline()
    comparison = flagfall.compare("taxi", grid={"fleet": [2, 3]}, replications=5)

    def told(call, *words, **options):
        with pytest.raises(flagfall.UsageError) as refused:
            call(*words, **options)
        assert str(refused.value)
        return refused.value.argument

    for plot in (study.plot, comparison.plot):
        for measure in ("ride_tim", "", 3, ["commission"]):
            assert told(plot, measure=measure) == "measure"
    for plot in (study.plot, comparison.plot, timeline.plot):
        for ax in (3, "axes", pyplot.figure(), [pyplot.figure().subplots()]):
            assert told(plot, ax) == "ax"
    for against in ("flet", "", 3):
        assert told(study.plot, against=against) == "against"
    assert told(study.plot, against="fleet", at={"fleet": 2}) == "against"
    for at in ({"flet": 2}, {"fleet": 3}, {"every": "1"}, 3, "fleet", [("fleet", 2)]):
        assert told(study.plot, at=at) == "at"
    for actors in ("driver", [], ["nobody"], 3, [3]):
        assert told(timeline.plot, actors=actors) == "actors"
    lines = flagfall.sweep("taxi", grid={"fleet": [2, 3], "seed": range(9)}, replications=2, out="lines")
    with pytest.raises(flagfall.UsageError, match=r"at leaves 9 lines, .*: hold .*, as at={'seed': '0'}"):
        lines.plot()


def test_nothing_is_imported_before_something_is_drawn(tmp_path):
    code = """
import sys, flagfall
run = flagfall.run("taxi")
study = flagfall.sweep("taxi", replications=3, out="days")
for shown in (run, study, run.timeline()):
    repr(shown), getattr(shown, "_repr_html_", str)()
assert not {"matplotlib", "numpy", "pandas"} & sys.modules.keys(), sys.modules.keys()
sys.modules["matplotlib"] = None
try:
    study.plot()
except ImportError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == "plots need matplotlib, which is not installed: pip install matplotlib\n"


HOSTILE = '<script>alert("&1")</script> $x^2$ \'\n'


def test_texts_of_others_do_nothing():
    study = grid()
    folder = pathlib.Path("grid")
    for part in (study.manifest, study.summary):
        part["model"] = HOSTILE
    for factor, point in zip(study.manifest["factors"], study.summary["points"]):
        factor["name"] += HOSTILE
    names = [factor["name"] for factor in study.manifest["factors"]]
    study.summary["factors"] = names
    for asked, point in zip(study.manifest["points"], study.summary["points"]):
        asked["levels"] = [level + HOSTILE for level in asked["levels"]]
        point["levels"] = dict(zip(names, asked["levels"]))
    for factor in study.manifest["factors"]:
        factor["levels"] = [level + HOSTILE for level in factor["levels"]]
    for place, measure in enumerate(study.summary["measures"]):
        measure["name"] += HOSTILE
        measure["unit"] = HOSTILE
        for point in study.summary["points"]:
            point["measures"][place]["name"] = measure["name"]
            point["measures"][place]["text"] = HOSTILE
    assert folder.is_dir()
    compared = flagfall.compare("taxi", grid={"fleet": [2, 3]}, replications=5, of="commission")
    told = json.loads(json.dumps(compared.json))
    for scenario in told["scenarios"]:
        scenario["name"] += HOSTILE
    for measure in told["measures"]:
        measure["name"] = measure["unit"] = HOSTILE
        for pair in measure["pairs"]:
            pair["text"] = HOSTILE
    run = pickle.loads(pickle.dumps(flagfall.run("taxi")))
    run._outcome.model = run._outcome.digest = HOSTILE
    run._outcome.measures = [(HOSTILE, 1.0, HOSTILE)]
    compared = flagfall.Comparison(told)
    for shown in (study, compared, run):
        html = shown._repr_html_()
        assert "<script" not in html
        assert html.count("&lt;script&gt;alert(&quot;&amp;1&quot;)&lt;/script&gt;") > 2
    # A dollar sign begins no formula, and a line no second one.
    for axes in (study.plot(), compared.plot()):
        axes.figure.savefig("out.png")
        texts = [axes.get_xlabel(), axes.get_ylabel(), *(tick.get_text() for tick in axes.get_xticklabels()),
                 *(tick.get_text() for tick in axes.get_yticklabels())]  # fmt: skip
        assert any(r"\$x^2\$" in text or "…" in text for text in texts)
        assert not any(matplotlib.cbook.is_math_text(text) for text in texts if "x^2" in text)
        assert not any("\n" in text for text in texts)
