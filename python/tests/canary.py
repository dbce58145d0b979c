"""A model that is not deterministic, as Python sees it. `.ci/canary` runs this on a package that is
built with a mistake in the taxi fleet (feature `canary`): no other package has such a model."""

import pytest

import flagfall

DAY = flagfall.Scenario("taxi", fleet=50, rides=60)


def test_runs_that_differ_are_an_error_that_shows_where():
    for options in ({"runs": 2, "threads": 0}, {"runs": 1, "threads": 2}):
        with pytest.raises(flagfall.DifferentError) as different:
            flagfall.verify(DAY, **options)
        text = str(different.value)
        assert text.startswith("A: run 1\nB: run ")
        assert "records are equal; the next one differs in: " in text
        assert different.value.exit_code == 1
        assert isinstance(different.value, flagfall.RunError)
    with pytest.raises(flagfall.DifferentError):
        flagfall.verify("taxi", fleet=50, rides=60)


def test_a_run_that_is_made_again_is_refused():
    run = DAY.run()
    with pytest.raises(flagfall.RunError, match="made again with another result"):
        run.json  # noqa: B018
    pyarrow = pytest.importorskip("pyarrow")
    with pytest.raises(Exception, match="made again with another result"):
        pyarrow.table(run.trace())
    with pytest.raises(flagfall.RunError, match="run again with another result"):
        flagfall.diff(run, run)


def test_scenarios_are_different_from_themselves():
    found = flagfall.diff(DAY, DAY)
    assert not found.equal
    assert found.ingredients == {}
    assert found.differs_in


def test_other_models_are_as_they_were():
    assert flagfall.verify("messages", threads=2).records
