"""The shadow's file, and what its last words mean."""

from __future__ import annotations

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.conf.staging import explain, stage
from ansible_collections.rampart.redis.plugins.module_utils.conf.syntax import parse
from ansible_collections.rampart.redis.plugins.module_utils.errors import ShadowError

FATAL = "*** FATAL CONFIG FILE ERROR (Redis 7.0.15) ***\nReading the configuration file, at line {}\n>>> '{}'\n{}\n"
REMARK = "13531:M 24 Nov 2026 06:46:44.365 # {}\n"


def _stage(config: str, *, acl: bool = False) -> str:
    return stage(config, folder="/run/x", acl=acl, superuser="user s on")


def test_line_numbers_stay_though_lines_are_blanked() -> None:
    text = _stage("port 1\ndir /data\nlogfile /x\nhz 5").split("\n")
    assert text[:4] == ["port 1", "", "", "hz 5"]


@pytest.mark.parametrize(
    ("config", "tls"),
    [
        ("port 1", False),
        ("tls-port 0", False),
        ('tls-cert-file ""', False),
        ("tls-port 6379", True),
        ("tls-cert-file /x", True),
        ("tls-replication yes", True),
        ("tls-cluster no", False),
    ],
)
def test_tls_is_used_when_it_is_wished(config: str, tls: bool) -> None:
    last = {line.name: line.arguments for line in parse(_stage(config)).lines if line.words}
    assert last["port"] == ("0",)
    assert (last.get("tls-replication") == ("yes",)) is tls
    assert last.get("tls-port", ("0",)) == ("0",)


@pytest.mark.parametrize(("acl", "last"), [(False, "user s on"), (True, "aclfile /run/x/users.acl")])
def test_the_superuser_is_in_the_file_that_defines_users(acl: bool, last: str) -> None:
    assert _stage("", acl=acl).splitlines()[-1] == last


@pytest.mark.parametrize("name", ["include", "loadmodule"])
def test_other_files_are_refused(name: str) -> None:
    with pytest.raises(ShadowError, match=f"line 2: {name} cannot be validated"):
        _stage(f"port 1\n{name} /x")


@pytest.mark.parametrize(
    ("log", "message"),
    [
        (FATAL.format(2, "requirepass a planted", "Bad directive"), "redis.conf line 2: requirepass: Bad directive"),
        (FATAL.format(99, "port 0", "Bad directive"), "shadow server: the server did not start: Bad directive"),
        (REMARK.format("Unresolved Configuration(s) Detected:") + REMARK.format(">>> 'foo bar'"),
         "redis.conf line 3: foo: Bad directive or wrong number of arguments"),
        (REMARK.format("Error loading ACL rule '>planted' for the user named 'app': Syntax error"),
         "redis.conf line 4: user: Error loading ACL rule '***' for the user named 'app': Syntax error"),
        (REMARK.format("Aborting Redis startup because of ACL errors: /run/x/users.acl:2: Error in '>planted': Syntax "
                       "error. /run/x/users.acl:5: Duplicate user 'x' found. WARNING: ACL errors detected, no change"),
         "users.acl line 2: Error in '***': Syntax error; line 5: Duplicate user 'x' found"),
        (REMARK.format("Server initialized") + REMARK.format("Failed to load private key: /k: error:0A.")
         + REMARK.format("Failed to configure TLS"),
         "shadow server: the server did not start: Failed to load private key: /k: error:0A; Failed to configure TLS"),
        ("", "shadow server: the server did not start: no reason given"),
    ],
)  # fmt: skip
def test_last_words_become_an_error_at_the_authors_line(log: str, message: str) -> None:
    error = explain(log, "port 1\nrequirepass a planted\nfoo bar\nuser app on >planted")
    assert str(error) == message
