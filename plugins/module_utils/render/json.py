"""Reports for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ..audit.baseline import DOCUMENT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def render(reports: Sequence[Mapping[str, Any]]) -> str:
    """Return all reports as one JSON document."""
    # ASCII only: names of users may be bytes that are no text, which no encoding could write.
    return json.dumps({"schema": DOCUMENT, "reports": list(reports)}, indent=2) + "\n"
