"""A file of waivers, and the line of what is wrong with it."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.rampart.redis.plugins.filter.redis_waivers import FilterModule
from ansible_collections.rampart.redis.plugins.module_utils.audit.waivers import parse

redis_waivers = FilterModule().filters()["redis_waivers"]

GOOD = """\
# Accepted by the team.
- id: NET-009
  reason: "no: the socket is shared"
  owner: ann
  expires: 2027-03-31

- id: CFG-009
  host: cache-*
  reason: measured
  owner: bob
  expires: "2027-01-31"
"""


def test_waivers_are_plain_data() -> None:
    rows = redis_waivers(GOOD)
    assert [row["expires"] for row in rows] == ["2027-03-31", "2027-01-31"]
    assert [waiver.check for waiver in parse(rows)] == ["RDS-NET-009", "RDS-CFG-009"]


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "[]"])
def test_nothing_is_waived(text: str) -> None:
    assert redis_waivers(text) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (GOOD.replace("owner: bob", "owner:"), "w.yml line 7: owner is missing"),
        (GOOD.replace("CFG-009", "CFG-0"), "w.yml line 7: unknown check 'CFG-0'"),
        (GOOD.replace("2027-03-31", "31.3.2027"), "w.yml line 2: expires '31.3.2027' is no day"),
        (GOOD + "- just text\n", "w.yml line 12: a waiver is a mapping"),
        (GOOD + "- {}\n", "w.yml line 12: id is missing"),
        ("waivers:\n- id: NET-009\n", "w.yml line 1: not a list of waivers"),
        (GOOD + "- id: [\n", "w.yml line 13: "),
        (GOOD + "\tid: x\n", "w.yml line 12: "),
    ],
)
def test_the_line_of_what_is_wrong_is_named(text: str, message: str) -> None:
    with pytest.raises(AnsibleFilterError) as caught:
        redis_waivers(text, "w.yml")
    assert str(caught.value).startswith(f"redis_waivers: {message}")
