"""A Debian changelog: which version repaired which CVE."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# As in: redis (5:7.0.15-1~deb12u10) bookworm-security; urgency=high
_HEAD = re.compile(r"^[a-z0-9][a-z0-9.+-]* \(([^)\s]+)\) [^;]+;", re.MULTILINE)
_CVE = re.compile(r"\bCVE-\d{4}-\d{4,}\b")


def parse(text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield version and sorted CVEs of each entry that names some, the newest entry first."""
    heads = list(_HEAD.finditer(text))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    for head, end in zip(heads, ends):
        found = sorted(set(_CVE.findall(text, head.end(), end)))
        if found:
            yield head.group(1), found
