"""The core for these tests: that of the package, or a small one as long as it has none."""

import importlib.util
import sys

if importlib.util.find_spec("flagfall.ray._core") is None:
    import fake_core

    import flagfall.ray

    sys.modules["flagfall.ray._core"] = flagfall.ray._core = fake_core
