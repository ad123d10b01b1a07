"""What is refused, and why."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.conf.wish import parse
from ansible_collections.rampart.redis.plugins.module_utils.errors import InputError


@pytest.mark.parametrize(
    ("directives", "absent", "message"),
    [
        ({"rename-command": ['FLUSHALL ""', "CONFIG x"]}, [], "better (here: -flushall -config)"),
        ({"Rename-Command": {}}, [], "directives.Rename-Command: is refused"),
        ({"include": "/x"}, [], "directives.include: is refused"),
        ({"loadmodule": "/x"}, [], "directives.loadmodule: is refused"),
        ({"user": "x on"}, [], "use rampart.redis.redis_acl"),
        ({"io-threads": 4}, [], "directives.io-threads: 4 threads for input and output on 4 processors make"),
        ({"io-threads": "8"}, [], "At most 3 here"),
        ({"requirepass": "planted"}, [], "requirepass: would be shown in logs here. Give it in"),
        ({"port": 1}, ["port"], "directives.port: the same directive as port, given twice"),
        ({"slaveof": "a 1", "replicaof": "a 1"}, [], "the same directive as slaveof"),
        ({}, ["rename-comand"], "absent: unknown directive 'rename-comand'. Did you mean rename-command?"),
        ({"prot": 1}, [], "unknown directive 'prot'"),
    ],
)  # fmt: skip
def test_refused(directives: dict[str, Any], absent: list[str], message: str) -> None:
    with pytest.raises(InputError) as caught:
        parse(directives, {}, absent, cores=4)
    assert message in str(caught.value)
    assert "planted" not in str(caught.value)


@pytest.mark.parametrize(("cores", "threads"), [(1, 1), (2, 1), (4, 3)])
def test_as_many_threads_as_spare_processors(cores: int, threads: int) -> None:
    assert parse({"io-threads": threads}, {}, [], cores=cores).values == {"io-threads": ((str(threads),),)}


def test_secrets_are_values_but_not_shown() -> None:
    wishes = parse({}, {"masterauth": "planted"}, [], cores=1)
    assert wishes.values == {"masterauth": (("planted",),)}
    assert "planted" not in repr(wishes)


@pytest.mark.parametrize(("aclfile", "absent"), [("/x", {"user"}), ("", set())])
def test_inline_users_go_when_there_is_an_acl_file(aclfile: str, absent: set[str]) -> None:
    assert parse({"aclfile": aclfile}, {}, [], cores=1).absent == absent
