"""The real nft is the judge: every wish that is accepted loads, twice, means itself, and lets in whom it names."""

from __future__ import annotations

import os
import pwd
from ipaddress import ip_address
from typing import Any

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.audit.firewall import CLOSED, OPEN, STRANGERS, Packet, reach
from ansible_collections.rampart.redis.plugins.module_utils.firewall.meaning import complaint, counts, meaning
from ansible_collections.rampart.redis.plugins.module_utils.firewall.ruleset import (
    COUNTERS,
    QUARANTINE,
    put_back,
    quarantine,
    removed,
    ruleset,
)
from ansible_collections.rampart.redis.plugins.module_utils.firewall.wish import (
    HOST,
    Session,
    guarded,
    let_in,
    parse,
    strangers,
)
from ansible_collections.rampart.redis.tests.live.firewall.oracle import in_namespace, loaded
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.firewall.cases import FULL, PARAMS, wishes
from hypothesis import given, settings
from hypothesis import strategies as st

EXAMPLES = int(os.environ.get("RAMPART_EXAMPLES", "40"))
ADDRESSES = st.one_of(
    st.builds(lambda low: str(ip_address((10 << 24) + low)), st.integers(0, 2**24 - 1)),
    st.builds(lambda low: str(ip_address((0xFD << 120) + low)), st.integers(0, 2**120 - 1)),
    st.just("203.0.113.77"),
)


@settings(max_examples=EXAMPLES)
@given(wishes())
def test_every_wish_loads_and_loads_again(options: dict[str, Any]) -> None:
    wish = parse(options)
    once = loaded(ruleset(wish))
    assert meaning(loaded(ruleset(wish), times=2)) == meaning(once)
    assert set(counts(once)) == set(COUNTERS)
    assert loaded(quarantine(wish), QUARANTINE)


@settings(max_examples=EXAMPLES)
@given(wishes(), st.lists(ADDRESSES, min_size=1, max_size=4))
def test_an_independent_judge_of_the_rules_lets_in_whom_the_wish_names(
    options: dict[str, Any], sources: list[str]
) -> None:
    # What the judge cannot follow (own addresses, interfaces) has its own tests; it would answer "unsure".
    wish = parse({**options, "addresses": [], "vpc": []})
    rows = loaded(ruleset(wish))
    members = [str(one.network_address) for one in (*wish.clients, *wish.peers, *wish.monitors, *wish.bastions)]
    for source in (*sources, *members):
        for port in sorted(guarded(wish)):
            closed = reach(rows, Packet(source, port)) == CLOSED
            assert closed == bool(strangers(wish, [(source, port)])), (source, port)
        for port in (*wish.ports["ssh"], 4444):
            if wish.scope == HOST and port not in guarded(wish):
                closed = reach(rows, Packet(source, port)) == CLOSED
                assert closed != let_in(wish, Session(source, port)), (source, port)


@pytest.mark.parametrize("options", [PARAMS, FULL], ids=["small", "full"])
def test_an_independent_judge_finds_the_service_account_kept_in(options: dict[str, Any]) -> None:
    wish = parse({**options, "user": "nobody"})
    rows, uid = loaded(ruleset(wish)), pwd.getpwnam("nobody").pw_uid
    for stranger in STRANGERS:
        assert reach(rows, Packet(stranger, 6379, "output", uid)) == CLOSED
        assert reach(rows, Packet(stranger, 6379, "output", 0)) == OPEN
    for peer in wish.peers:
        assert reach(rows, Packet(str(peer.network_address), wish.ports["redis"][0], "output", uid)) == OPEN


@pytest.mark.parametrize("options", [PARAMS, FULL, {**FULL, "scope": "ports"}], ids=["small", "full", "ports"])
def test_what_nft_lists_can_be_put_back(options: dict[str, Any]) -> None:
    text = ruleset(parse(options), {"redis_refused": (7, 420)})
    listed = in_namespace("nft -f - && nft --numeric list table inet rampart", text)
    assert listed.returncode == 0, listed.stderr
    again = loaded(put_back("rampart", listed.stdout))
    assert meaning(again) == meaning(loaded(text))
    assert counts(again)["redis_refused"] == (7, 420)


def test_other_wishes_mean_other_things() -> None:
    rows = [
        loaded(ruleset(parse({**PARAMS, **change})))
        for change in ({}, {"clients": ["10.10.1.20"]}, {"redis_ports": [6379]}, {"scope": "ports"}, {"user": "nobody"})
    ]
    assert len({str(meaning(one)) for one in rows}) == len(rows)


def test_removing_works_whether_it_is_there_or_not() -> None:
    script = f"printf '%s' '{removed('rampart')}' > /dev/null; text=$(cat); "
    script += "printf '%s\\n' \"$text\" | nft -f -; printf '%s\\n' \"$text\" | nft -f -; nft list tables"
    done = in_namespace(script, removed("rampart"))
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_a_load_that_fails_changes_nothing() -> None:
    good, bad = ruleset(parse(PARAMS)), ruleset(parse({**PARAMS, "user": "no-such-account"}))
    script = "cat > /dev/null; printf '%s' \"$GOOD\" | nft -f -; printf '%s' \"$BAD\" | nft -f - 2>&1 || true; "
    script += "nft --json list table inet rampart"
    os.environ.update(GOOD=good, BAD=bad)
    try:
        done = in_namespace(script)
    finally:
        del os.environ["GOOD"], os.environ["BAD"]
    said, _newline, rows = done.stdout.partition('{"nftables"')
    what, _hint = complaint(said, bad)
    assert 'meta skuid "no-such-account" jump service_out): User does not exist' in what
    assert "hook" in rows
