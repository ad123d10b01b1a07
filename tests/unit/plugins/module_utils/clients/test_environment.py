"""Environment files: every value survives the reader, and nothing else is executed."""

from __future__ import annotations

import subprocess
from urllib.parse import unquote, urlsplit

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.clients.environment import Access, quoted, render, url
from ansible_collections.rampart.redis.plugins.module_utils.errors import InputError
from hypothesis import given
from hypothesis import strategies as st

# What a value may hold: everything but control characters, and nothing that is no text.
VALUES = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1)


PASSWORD = "s3cret"


def access(password: str = PASSWORD, **fields: str) -> Access:
    return Access("10.0.0.5", 6380, "shop", password, **fields)


def test_the_guides_names() -> None:
    files = {"ca": "/etc/shop/ca-cert.pem", "cert": "/etc/shop/shop-cert.pem", "key": "/etc/shop/shop-key.pem"}
    assert render(access(**files)).splitlines() == [
        "REDIS_HOST=10.0.0.5",
        "REDIS_PORT=6380",
        "REDIS_USERNAME=shop",
        "REDIS_PASSWORD=s3cret",
        "REDIS_TLS_CA=/etc/shop/ca-cert.pem",
        "REDIS_TLS_CERT=/etc/shop/shop-cert.pem",
        "REDIS_TLS_KEY=/etc/shop/shop-key.pem",
        "REDIS_URL=rediss://shop:s3cret@10.0.0.5:6380/0",
    ]


def test_another_prefix_and_no_tls() -> None:
    assert render(access(prefix="REDIS_SESSION")).splitlines() == [
        "REDIS_SESSION_HOST=10.0.0.5",
        "REDIS_SESSION_PORT=6380",
        "REDIS_SESSION_USERNAME=shop",
        "REDIS_SESSION_PASSWORD=s3cret",
        "REDIS_SESSION_URL=redis://shop:s3cret@10.0.0.5:6380/0",
    ]


def test_an_ipv6_address_stands_in_brackets_in_the_url_only() -> None:
    text = render(Access("fd00::5", 6380, "shop", "x"))
    assert "REDIS_HOST=fd00::5\n" in text
    assert text.endswith("REDIS_URL=redis://shop:x@[fd00::5]:6380/0\n")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("aZ09_@%+=:,./-", "aZ09_@%+=:,./-"),
        ("two words", '"two words"'),
        ("it's", '"it\'s"'),
        ('a"b', '"a\\"b"'),
        ("a\\b", '"a\\\\b"'),
        ("$(id)`id`$HOME", '"\\$(id)\\`id\\`\\$HOME"'),
        ("#x", '"#x"'),
        ("ü", '"ü"'),
    ],
)
def test_quotes(value: str, text: str) -> None:
    assert quoted(value) == text


@given(st.lists(VALUES, min_size=20, max_size=20))
def test_a_shell_reads_every_value_back(values: list[str]) -> None:
    lines = "".join(f"V{number}={quoted(value)}\n" for number, value in enumerate(values))
    shown = " ".join(f'"$V{number}"' for number in range(len(values)))
    script = f"set -f\n{lines}printf '%s\\n' {shown}\n"
    done = subprocess.run(["sh"], input=script.encode(), capture_output=True, check=True)
    assert done.stdout.decode().split("\n")[:-1] == values


def systemd_reads(text: str) -> str:
    """Read a value as systemd.exec describes EnvironmentFile: quotes, and within double ones a backslash."""
    if not text.startswith('"'):
        return text
    inner, found, escaped = text[1:-1], "", False
    for char in inner:
        if escaped:
            found += char if char in '"\\`$' else "\\" + char
            escaped = False
        elif char == "\\":
            escaped = True
        else:
            found += char
    return found


@given(VALUES)
def test_systemd_reads_every_value_back(value: str) -> None:
    assert systemd_reads(quoted(value)) == value


@given(VALUES)
def test_a_url_gives_the_password_back(password: str) -> None:
    parts = urlsplit(url(access(password)))
    assert unquote(parts.password or "") == password
    assert (parts.username, parts.hostname, parts.port, parts.path) == ("shop", "10.0.0.5", 6380, "/0")


@pytest.mark.parametrize("control", ["\n", "\r", "\0", "\x1b", "\x7f"])
def test_a_control_character_is_refused_and_not_shown(control: str) -> None:
    with pytest.raises(InputError, match="REDIS_PASSWORD would hold") as caught:
        render(access(f"s3cret{control}X=1"))
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("prefix", ["", "redis", "1REDIS", "A B", "A=1\nB"])
def test_a_prefix_is_the_beginning_of_a_name(prefix: str) -> None:
    with pytest.raises(InputError, match="cannot begin the name of a variable"):
        render(access(prefix=prefix))


def test_the_password_is_in_no_repr() -> None:
    assert "s3cret" not in repr(access())
