"""Wishes: defaults, and everything that is refused before a host is touched."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.errors import InputError
from ansible_collections.rampart.redis.plugins.module_utils.tls.wish import duration, file_mode, parse_wishes
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.tls.material import options, wish


def parse(*entries: dict[str, Any], renew_before: str = "30d", directory: str | None = "/tls") -> list[Any]:
    return parse_wishes({"certificates": list(entries), "renew_before": renew_before, "directory": directory})


@pytest.mark.parametrize(
    ("text", "expected"),
    [("30m", timedelta(minutes=30)), ("12h", timedelta(hours=12)), ("90d", timedelta(days=90))],
)
def test_duration(text: str, expected: timedelta) -> None:
    assert duration(text, "valid_for") == expected


@pytest.mark.parametrize("text", ["", "90", "d", "0d", "-1d", "1.5d", "90 d", "3w", "90D", "9999999d"])
def test_no_duration(text: str) -> None:
    with pytest.raises(InputError, match=r"^valid_for: .* is not a duration\. Write a number and m, h or d"):
        duration(text, "valid_for")


@pytest.mark.parametrize(("value", "expected"), [("0640", 0o640), ("640", 0o640), (0o600, 0o600), ("0o400", 0o400)])
def test_mode(value: object, expected: int) -> None:
    assert file_mode(value, "key_mode", 0o037) == expected


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        ("u=rw", "not an octal file mode"),
        ("0999", "not an octal file mode"),
        (None, "not an octal file mode"),
        ("0644", "gives others more"),
        ("0660", "gives others more"),
        ("4600", "gives others more"),
    ],
)
def test_no_mode(value: object, complaint: str) -> None:
    with pytest.raises(InputError, match=f"^key_mode: .*{complaint}"):
        file_mode(value, "key_mode", 0o037)


def test_defaults() -> None:
    made = wish()
    assert (made.cert_file, made.key_file) == ("/tls/node-cert.pem", "/tls/node-key.pem")
    assert (made.key_mode, made.cert_mode, made.owner, made.group) == (0o600, 0o644, None, None)
    assert (made.key_type, made.lifetime) == ("ecdsa-p256", timedelta(days=90))
    assert made.usages == {"server", "client"}


def test_own_files_win_over_the_directory() -> None:
    [made] = parse(options(cert_file="/a/c.pem", key_file="/b/k.pem"))
    assert (made.cert_file, made.key_file) == ("/a/c.pem", "/b/k.pem")


def test_a_client_needs_no_names_and_a_leaving_one_nothing_but_its_files() -> None:
    client, leaving = parse(
        options(name="app", usages=["client"], subject_alt_names=[]),
        options(name="old", state="absent", usages=[], subject_alt_names=[]),
    )
    assert client.alt_names == ()
    assert not leaving.present


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"name": "a b"}, "certificate 'a b': a name is 1 to 64"),
        ({"name": "../../etc/x"}, "a name is 1 to 64"),
        ({"subject_alt_names": []}, "a server needs subject_alt_names"),
        ({"usages": []}, "usages is empty"),
        ({"subject_alt_names": ["a b"]}, "certificate 'node': the subject alternative name 'a b'"),
        ({"valid_for": "30d"}, r"renew_before \(30d\) is not shorter than valid_for"),
        ({"valid_for": "1y"}, "certificate 'node': '1y' is not a duration"),
        ({"cert_file": "tls/node.pem"}, "'tls/node.pem' is not an absolute path"),
        ({"cert_file": "/x", "key_file": "/x"}, "the file '/x' is used twice"),
        ({"key_mode": "0644"}, "certificate 'node', key_mode: the mode 0644"),
        ({"cert_mode": "0666"}, "certificate 'node', cert_mode: the mode 0666"),
    ],
)
def test_refuse(changed: dict[str, Any], complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        parse(options(**changed))


def test_refuse_a_name_twice_and_files_without_a_place() -> None:
    with pytest.raises(InputError, match="the name 'node' is used twice"):
        parse(options(), options())
    with pytest.raises(InputError, match="neither its files nor directory"):
        parse(options(), directory=None)
