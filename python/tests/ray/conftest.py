"""What these tests need beside the package: what `flagfall[ray]` installs."""

import pytest

for needed in ("greenlet", "cloudpickle"):
    pytest.importorskip(needed, reason="pip install 'flagfall[ray]'")


@pytest.fixture(autouse=True, scope="session")
def folder_for_temporary_files(tmp_path_factory):
    """A folder for each session: names come from seeds, and what a killed test has left has one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(tmp_path_factory.mktemp("temporary")))
        patch.setattr("tempfile.tempdir", None)
        yield
