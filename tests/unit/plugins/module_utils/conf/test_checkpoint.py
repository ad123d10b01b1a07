"""A checkpoint: what is put back, what is refused, and that it survives being written and read."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.conf import checkpoint
from ansible_collections.rampart.redis.plugins.module_utils.conf.checkpoint import (
    ABSENT,
    FILE,
    FOLDER,
    LINK,
    Entry,
    Manifest,
    Snapshot,
    Steps,
    plan,
)
from ansible_collections.rampart.redis.plugins.module_utils.errors import InputError
from hypothesis import given
from hypothesis import strategies as st

CONF = Entry("/etc/redis/redis.conf", FILE, 0o640, 1, 2, "aa")
NO_ACL = Entry("/etc/redis/users.acl", ABSENT)
SAVED = Manifest("2026-11-24T08:00:00+00:00", "redis-server.service", ("/etc/redis",), (CONF, NO_ACL))
MIB = 1024 * 1024


@pytest.mark.parametrize(
    ("now", "steps"),
    [
        ([CONF, NO_ACL], Steps()),
        ([replace(CONF, sha256="bb"), NO_ACL], Steps(write=(CONF,))),
        ([replace(CONF, mode=0o644), NO_ACL], Steps(write=(CONF,))),
        ([replace(CONF, uid=0), NO_ACL], Steps(write=(CONF,))),
        ([replace(CONF, kind=ABSENT, sha256=""), NO_ACL], Steps(write=(CONF,))),
        ([CONF, replace(NO_ACL, kind=FILE)], Steps(remove=(replace(NO_ACL, kind=FILE),))),
        # A file that became a folder goes, with what is in it, before the file can come back.
        (
            [replace(CONF, kind=FOLDER), Entry(f"{CONF.path}/x", LINK, target="y"), NO_ACL],
            Steps(remove=(Entry(f"{CONF.path}/x", LINK, target="y"), replace(CONF, kind=FOLDER)), write=(CONF,)),
        ),
    ],
)
def test_what_differs_is_put_back(now: list[Entry], steps: Steps) -> None:
    assert plan(SAVED, now) == steps


def test_folders_come_from_the_top_and_go_from_the_bottom() -> None:
    top, below = Entry("/a", FOLDER, 0o755), Entry("/a/b", FOLDER, 0o700)
    gone = [replace(entry, kind=ABSENT) for entry in (top, below)]
    assert plan(replace(SAVED, entries=(below, top)), gone).folders == (top, below)
    assert plan(replace(SAVED, entries=tuple(gone)), [top, below]).remove == (below, top)


def test_modes_come_back_and_content_does_not() -> None:
    dump = Entry("/var/lib/redis/dump.rdb", FILE, 0o644, 1, 1)
    saved = replace(SAVED, modes=(dump, replace(CONF, mode=0o600), Entry("/var/lib/redis/gone", FILE, 0o600)))
    now = [replace(dump, mode=0o660, sha256="bb"), CONF, Entry("/var/lib/redis/gone", ABSENT)]
    assert plan(saved, [CONF, NO_ACL], now).modes == (dump,)
    assert plan(saved, [CONF, NO_ACL], [replace(dump, sha256="bb"), CONF]).modes == ()


def test_steps_say_what_they_do() -> None:
    steps = Steps((replace(NO_ACL, kind=FILE),), (Entry("/a", FOLDER),), (CONF,), (replace(CONF, mode=0o2770),))
    assert steps.sentences == [
        "/etc/redis/users.acl: is removed",
        "/a: the folder as it was",
        "/etc/redis/redis.conf: the file as it was",
        "/etc/redis/redis.conf: mode 2770 and owner as they were",
    ]


def test_a_diff_shows_no_content() -> None:
    assert checkpoint.shown([CONF, NO_ACL, Entry("/l", LINK, 0o777, target="to")]) == (
        "/etc/redis/redis.conf file 0640 1:2 aa\n/l link 0777 0:0 to\n"
    )


@pytest.mark.parametrize(
    ("data", "copy", "refused"),
    [
        ((1, 100 * MIB), (2, 100 * MIB), None),
        ((1, 41 * MIB), (2, 100 * MIB), "the data may need 42 MiB, and 41 MiB are free"),
        ((1, 100 * MIB), (2, 41 * MIB), "the copy of the data may need 42 MiB, and 41 MiB are free"),
        ((1, 52 * MIB), (1, 52 * MIB), None),
        ((1, 51 * MIB), (1, 51 * MIB), "the data and its copy may need 52 MiB, and 51 MiB are free"),
    ],
)
def test_a_full_disk_is_refused(data: tuple[int, int], copy: tuple[int, int], refused: str | None) -> None:
    assert checkpoint.space_refusal(10 * MIB, data, copy) == refused


def test_only_values_that_no_file_brings_back_are_set() -> None:
    saved = {"maxmemory": "1", "port": "6379", "gone": "x"}
    assert checkpoint.values_to_set(saved, {"maxmemory": "0", "port": "6379", "new": "y"}) == {"maxmemory": "1"}


def test_users_become_those_that_were_saved() -> None:
    saved = ["user default on nopass ~* &* +@all", "user shop on #aa ~s:* -@all +get", "user same on -@all"]
    now = ["user default off -@all", "user same on -@all", "user shop off -@all", "user operator on -@all"]
    assert checkpoint.user_commands(saved, now) == [
        ("ACL", "DELUSER", "operator"),
        ("ACL", "DELUSER", "shop"),
        ("ACL", "SETUSER", "default", "reset", "on", "nopass", "~*", "&*", "+@all"),
        ("ACL", "SETUSER", "shop", "on", "#aa", "~s:*", "-@all", "+get"),
    ]
    assert checkpoint.user_commands(saved, saved) == []


def test_a_manifest_survives_being_written_and_read() -> None:
    whole = replace(
        SAVED,
        modes=(CONF,),
        login_user="default",
        running={"maxmemory": "1"},
        users=("user default on",),
        kernel={"a.b": "1"},
        snapshot=Snapshot("/var/lib/redis/dump.rdb", "cc", 1, 2),
    )
    assert checkpoint.parse(checkpoint.render(whole), "m") == whole
    assert checkpoint.parse(checkpoint.render(SAVED), "m") == SAVED


def test_secrets_are_not_shown_by_accident() -> None:
    assert "hidden" not in repr(replace(SAVED, running={"requirepass": "hidden"}, users=("user a on #hidden",)))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"schema": 1}',
        checkpoint.render(SAVED)[:-3],
        checkpoint.render(SAVED).replace('"kind": "file"', '"kind": "pipe"'),
        checkpoint.render(SAVED).replace('"/etc/redis/redis.conf"', '"redis.conf"'),
        json.dumps({**json.loads(checkpoint.render(SAVED)), "entries": []}),
        json.dumps({**json.loads(checkpoint.render(SAVED)), "surprise": 1}),
    ],
)
def test_a_damaged_manifest_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="m: is damaged, so nothing can be put back from it"):
        checkpoint.parse(text, "m")


def test_a_manifest_of_a_later_release_is_refused() -> None:
    with pytest.raises(InputError, match="m: has schema 2; this release knows 1"):
        checkpoint.parse(checkpoint.render(SAVED).replace('"schema": 1', '"schema": 2'), "m")


# Trees of files and folders, each path below a folder: what a host can look like.
NAMES = ("/r", "/r/a", "/r/a/x", "/r/b", "/r/b/x")


@st.composite
def _trees(draw: st.DrawFn) -> dict[str, Entry]:
    tree: dict[str, Entry] = {}
    for path in NAMES:
        above = tree.get(path.rpartition("/")[0])
        if path == "/r" or (above and above.kind == FOLDER):
            kind = draw(st.sampled_from([FILE, FOLDER, LINK, ABSENT]))
            if kind != ABSENT or path == "/r":
                content = draw(st.sampled_from("12")) if kind in (FILE, LINK) else ""
                tree[path] = Entry(path, kind, draw(st.sampled_from([0o600, 0o755])), sha256=content)
    return tree


@given(saved=_trees(), now=_trees())
def test_the_steps_make_any_tree_the_saved_one(saved: dict[str, Entry], now: dict[str, Entry]) -> None:
    steps = plan(replace(SAVED, entries=tuple(saved.values())), list(now.values()))
    tree = {path: entry for path, entry in now.items() if entry.kind != ABSENT}
    for entry in steps.remove:
        assert not [path for path in tree if path.startswith(f"{entry.path}/")], "a folder is empty when it goes"
        del tree[entry.path]
    for entry in (*steps.folders, *steps.write):
        assert entry.path == "/r" or tree[entry.path.rpartition("/")[0]].kind == FOLDER
        tree[entry.path] = entry
    assert tree == {path: entry for path, entry in saved.items() if entry.kind != ABSENT}
