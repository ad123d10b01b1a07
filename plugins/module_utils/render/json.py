"""Reports for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# The structure of each report has its own version, in its field `schema`.
SCHEMA = "rampart.redis/audit-reports/1"


def render(reports: Sequence[Mapping[str, Any]]) -> str:
    """Return all reports as one JSON document."""
    return json.dumps({"schema": SCHEMA, "reports": list(reports)}, indent=2, ensure_ascii=False) + "\n"
