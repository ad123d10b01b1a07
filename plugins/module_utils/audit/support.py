"""Until when each branch is repaired upstream; None: no end announced. Facts as of 2026-11-24."""

from __future__ import annotations

from datetime import datetime, timezone

_DAYS: dict[tuple[str, str], str] = {
    ("redis", "6.0"): "2022-05-31",
    ("redis", "6.2"): "2027-04-01",
    ("redis", "7.0"): "2024-07-29",
    ("redis", "7.2"): "2029-12-01",
    ("redis", "7.4"): "2029-12-01",
    ("redis", "8.0"): "2026-12-01",
    ("redis", "8.2"): "2030-09-01",
    ("redis", "8.4"): "",
    ("redis", "8.6"): "",
    ("redis", "8.8"): "",
    ("redis", "8.10"): "",
    ("valkey", "7.2"): "2029-04-16",
    ("valkey", "8.0"): "2027-09-15",
    ("valkey", "8.1"): "2030-03-31",
    ("valkey", "9.0"): "2028-10-21",
    ("valkey", "9.1"): "",
}


def _epoch(day: str) -> float | None:
    return datetime.fromisoformat(day).replace(tzinfo=timezone.utc).timestamp() if day else None


# (product, branch) -> (the day as text, the same as seconds since the epoch)
END_OF_LIFE = {branch: (day, _epoch(day)) for branch, day in _DAYS.items()}
