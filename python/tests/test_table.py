"""Studies as tables: in each reader that is installed, without a copy, in bounded memory."""

import datetime
import pathlib
import subprocess
import sys

import pytest
from arrow_spy import Spy

import flagfall

UNITS = {"commission": "$", "ride_time": "s", "refused_share": "1", "events": "1"}
SPANS = {datetime.timedelta(seconds=1), datetime.timedelta(seconds=2.5)}


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Two levels of a number, two of a span, 60 replications of each."""
    out = tmp_path_factory.mktemp("tables") / "days"
    grid = {"fleet": [2, 4], "every": ["1s", "2500ms"]}
    return flagfall.sweep("taxi", grid=grid, replications=60, rides=5, out=out)


def mean_at_first_point(study):
    point = study.summary["points"][0]
    return next(one["mean"] for one in point["measures"] if one["name"] == "commission")


def test_pyarrow(study):
    pyarrow = pytest.importorskip("pyarrow")
    table = pyarrow.table(study)
    assert table.num_rows == 240
    assert {name: table.field(name).metadata[b"unit"].decode() for name in UNITS} == UNITS
    assert table.schema.field("every").type == pyarrow.duration("ns")
    assert set(table["every"].to_pylist()) == SPANS
    first = table.filter(pyarrow.compute.equal(table["point"], 0))["commission"]
    assert pyarrow.compute.mean(first).as_py() == pytest.approx(mean_at_first_point(study), rel=1e-12)
    # Twice, and as much as is wanted.
    assert pyarrow.table(study) == table
    assert next(iter(pyarrow.RecordBatchReader.from_stream(study))).num_rows == 240
    assert table.field("fleet") == pyarrow.field("fleet", pyarrow.int64(), nullable=False)


def test_polars(study):
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame(study)
    assert frame.height == 240
    assert frame.schema["every"] == polars.Duration("ns")
    assert set(frame["every"].unique()) == SPANS
    first = frame.filter(polars.col("point") == 0)["commission"].mean()
    assert first == pytest.approx(mean_at_first_point(study), rel=1e-12)
    check_units_beside(study, frame.columns)


def test_pandas(study):
    pandas = pytest.importorskip("pandas")
    if not hasattr(pandas.DataFrame, "from_arrow"):
        pytest.skip("pandas before 3.0 reads no Arrow stream by itself")
    pytest.importorskip("pyarrow")
    frame = pandas.DataFrame.from_arrow(study)
    assert len(frame) == 240
    assert frame["every"].dtype == "timedelta64[ns]"
    assert {one.to_pytimedelta() for one in frame["every"].unique()} == SPANS
    first = frame[frame["point"] == 0]["commission"].mean()
    assert first == pytest.approx(mean_at_first_point(study), rel=1e-12)
    check_units_beside(study, frame.columns)


def test_duckdb(study):
    duckdb = pytest.importorskip("duckdb")
    found = duckdb.sql("select every, point, avg(commission) from study group by all order by point")
    assert [str(kind) for kind in found.types] == ["INTERVAL", "UINTEGER", "DOUBLE"]
    rows = found.fetchall()
    assert {row[0] for row in rows} == SPANS
    assert rows[0][2] == pytest.approx(mean_at_first_point(study), rel=1e-12)
    # It asks for a stream of its own for each query.
    assert duckdb.sql("select count(*) from study").fetchall() == [(240,)]
    check_units_beside(study, duckdb.sql("select * from study").columns)


def check_units_beside(study, columns):
    """Readers that have no place for the metadata of a column: the units are in the study."""
    units = study.units
    assert units.items() >= UNITS.items()
    assert set(units) < set(columns)


def test_units_are_those_of_the_stream(study):
    pyarrow = pytest.importorskip("pyarrow")
    schema = pyarrow.RecordBatchReader.from_stream(study).schema
    units = {field.name: field.metadata[b"unit"].decode() for field in schema if field.metadata}
    assert study.units == units


def test_no_buffer_is_copied_on_the_way_to_pyarrow_and_numpy(study):
    pyarrow = pytest.importorskip("pyarrow")
    spy = Spy(study)
    table = pyarrow.table(spy)
    assert len(spy.batches) == 1
    given = dict(zip(table.column_names, spy.batches[0]))
    for name in table.column_names:
        buffers = table[name].chunk(0).buffers()
        assert [None if each is None else each.address for each in buffers] == given[name]
    numpy = pytest.importorskip("numpy")
    seen = table["commission"].chunk(0).to_numpy(zero_copy_only=True)
    assert seen.__array_interface__["data"][0] == given["commission"][1]
    assert seen.dtype == numpy.float64
    # The statistics read that array where it is, too.
    assert flagfall.statistics.interval(seen).mean == pytest.approx(seen.mean(), rel=1e-12)


def test_no_number_is_copied_on_the_way_to_polars(study):
    polars = pytest.importorskip("polars")
    spy = Spy(study)
    frame = polars.DataFrame(spy)
    given = dict(zip(frame.columns, spy.batches[0]))
    numbers = [name for name in frame.columns if frame.schema[name] != polars.String]
    assert len(numbers) == len(frame.columns) - 3
    for name in numbers:
        seen = frame[name].to_physical().to_numpy(allow_copy=False)
        assert seen.__array_interface__["data"][0] == given[name][1], name


def test_rows_go_through_in_bounded_memory(tmp_path):
    pytest.importorskip("pyarrow")
    rows = 400_000
    study = flagfall.sweep("queue", customers=2, no_digest=True, replications=rows, out=tmp_path / "queue")
    program = """
import resource, sys, flagfall, pyarrow
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
study = flagfall.Study(sys.argv[1])
reader = pyarrow.RecordBatchReader.from_stream(study)
next(reader)
before = peak()
print(sum(batch.num_rows for batch in reader) + 65_536, peak() - before)
"""
    words = [sys.executable, "-c", program, str(study.folder)]
    told = subprocess.run(words, capture_output=True, text=True, check=True).stdout.split()
    assert int(told[0]) == rows
    # All rows take 50 MB in Arrow alone.
    assert float(told[1]) < 20


def test_a_file_that_changes_while_it_is_read_is_an_error(tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    study = flagfall.sweep("taxi", replications=2_000, out=tmp_path / "days")
    reader = pyarrow.RecordBatchReader.from_stream(study)
    rows = pathlib.Path(study.folder, "rows.csv")
    text = rows.read_text(encoding="utf-8")
    assert "\n0,1999,10," in text
    rows.write_text(text.replace("\n0,1999,10,", "\n0,1999,11,"), encoding="utf-8")
    with pytest.raises(Exception, match="it was changed while it was read"):
        reader.read_all()
    with pytest.raises(flagfall.FileError, match="were changed"):
        study.__arrow_c_stream__()
    # What is known of it stays.
    assert study.units["commission"] == "$"


def test_a_table_that_nobody_takes_is_dropped(study):
    for _ in range(100):
        study.__arrow_c_stream__()


def test_replications_that_failed_are_rows_without_numbers(tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    with pytest.raises(flagfall.RunError) as failed:
        flagfall.sweep("taxi", max_events=120, replications=10, out=tmp_path / "few")
    rows = pyarrow.table(failed.value.study).to_pylist()
    without = [row for row in rows if row["error"] is not None]
    assert 0 < len(without) < len(rows) == 10
    assert all(row["commission"] is row["events"] is row["digest"] is None for row in without)
    # The stream says how to run it again.
    assert without[0]["replay"].startswith("flagfall run taxi ")
