"""What these tests need beside the package: what `flagfall[ray]` installs."""

import pytest

for needed in ("greenlet", "cloudpickle"):
    pytest.importorskip(needed, reason="pip install 'flagfall[ray]'")
