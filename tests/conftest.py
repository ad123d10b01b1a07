"""Make the checkout importable as ``ansible_collections.rampart.redis``, wherever it lies."""

from __future__ import annotations

import sys
import types
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def _package(name: str, path: Path) -> None:
    module = types.ModuleType(name)
    module.__path__ = [str(path)]
    sys.modules[name] = module


if "ansible_collections.rampart.redis" not in sys.modules:
    _package("ansible_collections", ROOT / ".no-such-folder")
    _package("ansible_collections.rampart", ROOT / ".no-such-folder")
    _package("ansible_collections.rampart.redis", ROOT)
