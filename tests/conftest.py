"""Make the checkout importable as ``ansible_collections.rampart.redis``, wherever it lies."""

from __future__ import annotations

import os
import sys
import types
from pathlib import Path

from hypothesis import settings

# Seeded: a red run is red again on the next machine. `make soak` draws anew.
settings.register_profile("seeded", derandomize=True, deadline=None)
settings.register_profile("drawn", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "seeded"))

ROOT = Path(__file__).resolve().parent.parent


def _package(name: str, path: Path) -> None:
    module = types.ModuleType(name)
    module.__path__ = [str(path)]
    sys.modules[name] = module


if "ansible_collections.rampart.redis" not in sys.modules:
    _package("ansible_collections", ROOT / ".no-such-folder")
    _package("ansible_collections.rampart", ROOT / ".no-such-folder")
    _package("ansible_collections.rampart.redis", ROOT)
