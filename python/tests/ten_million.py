"""What a large study costs as a table: `python ten_million.py FOLDER READER [ROWS]`.

Not a test: it makes a study of ten million short runs in FOLDER, if there is none, which takes
some minutes and 3 GB. READER is `batches`, `pyarrow`, `polars`, `pandas` or `duckdb`.
"""

import importlib
import pathlib
import resource
import sys
import time

import flagfall


def peak():
    """The most memory that the process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def read(reader, study):
    """How many rows there are, and what they take in the reader, in bytes."""
    if reader == "batches":
        pyarrow = importlib.import_module("pyarrow")
        return sum(batch.num_rows for batch in pyarrow.RecordBatchReader.from_stream(study)), 0
    if reader == "duckdb":
        duckdb = importlib.import_module("duckdb")
        return duckdb.sql("select count(commission) from study").fetchall()[0][0], 0
    module = importlib.import_module(reader)
    if reader == "pyarrow":
        table = module.table(study)
        return table.num_rows, table.nbytes
    if reader == "polars":
        frame = module.DataFrame(study)
        return frame.height, frame.estimated_size()
    frame = module.DataFrame.from_arrow(study)
    return len(frame), frame.memory_usage().sum()


def main(folder, reader, rows="10000000"):
    if not pathlib.Path(folder, "summary.json").exists():
        each = int(rows) // 2
        grid = {"every": ["1s", "2500ms"]}
        flagfall.sweep("taxi", rides=1, grid=grid, replications=each, out=folder)
    importlib.import_module("pyarrow" if reader == "batches" else reader)
    start, cpu, before = time.perf_counter(), time.process_time(), peak()
    study = flagfall.Study(folder)
    opened = time.perf_counter()
    count, size = read(reader, study)
    print(f"{reader}: opened in {opened - start:.1f} s, {count} rows in {time.perf_counter() - opened:.1f} s, "
          f"{time.process_time() - cpu:.1f} s of CPU, {peak() - before:.0f} MB more at most, "
          f"{size / count:.0f} bytes a row kept")  # fmt: skip


if __name__ == "__main__":
    main(*sys.argv[1:])
