"""harden.yml meets a full disk, a read-only /etc, a server that dies, and what people change by hand.

One host goes through all of it, in this order: first as a careless server in use, then as a hardened one. Whatever
happens, the run ends well or says what is wrong, where, and what to do; files are whole; no key is lost; and the next
run converges.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.attacks import baselines
from tests.attacks.shell import inside, main_pid
from tests.site import Site, site

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.docker

NAME = "rampart-faults"
UNIT = "redis-server.service"
KEYS = 1000
CONF = "/etc/redis/redis.conf"
PAIR = "/etc/redis/tls/redis-server"
OPERATOR = "--cert /etc/redis/tls/operator-cert.pem --key /etc/redis/tls/operator-key.pem"
CLI = f"redis-cli -p 6380 --tls {OPERATOR}"
USERS = [{"name": "app", "preset": "application", "prefix": "app:"}]
OURS = ("aclfile", "maxclients", "hash-max-listpack-entries")
HAPPENED = "/run/fault"

# A small file system of its own for /etc/redis, so that it can be full without filling this machine.
SMALL = f"""
seq {KEYS} | sed 's/.*/SET app:& value-&/' | redis-cli > /dev/null
cp -a /etc/redis /srv/kept
systemctl stop redis-server
mount -t tmpfs -o size=2m,mode=2770,uid=redis,gid=redis tmpfs /etc/redis
cp -a /srv/kept/. /etc/redis/
systemctl start redis-server
"""
FILL = "dd if=/dev/zero of=/etc/redis/filler bs=4k 2>/dev/null || true\n"
EMPTY = "rm -f /etc/redis/filler\n"
SEAL = "mount --bind /etc /etc; mount -o remount,ro,bind /etc\n"
UNSEAL = "umount -l /etc\n"
KILL = f"kill -9 $(systemctl show --value -p MainPID {UNIT})\n"
STOP = "systemctl stop redis-server\n"

HOST = """
find /etc/redis /etc/systemd/system /etc/sysctl.d ! -name filler | sort | while read -r path; do
  stat -c '%n %F %a %U:%G' $path; [ ! -f $path ] || sha256sum $path
done
"""
SERVER = "redis-cli config get '*' | paste -d= - - | sort; redis-cli acl list | sort; redis-cli dbsize"
FOREIGN = f"""
openssl req -x509 -nodes -newkey rsa:2048 -days 30 -subj /CN=foreign \
  -keyout {PAIR}-key.pem -out {PAIR}-cert.pem 2>/dev/null
"""
PRESENTED = f"""
openssl s_client -connect 127.0.0.1:6380 {OPERATOR.replace("--", "-")} </dev/null 2>/dev/null \
  | openssl x509 -noout -fingerprint -sha256
openssl x509 -noout -fingerprint -sha256 -in {PAIR}-cert.pem
openssl verify -CAfile /etc/redis/tls/ca-cert.pem {PAIR}-cert.pem
"""


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site(NAME, tmp_path_factory.mktemp("home")) as host:
        baselines.install(NAME)
        baselines.open_to_all(NAME)
        inside(NAME, SMALL)
        yield host


@pytest.fixture(scope="module")
def killed(host: Site) -> tuple[int, str]:
    """Kill the server in the first run; return the run's status and words."""
    pid = main_pid(NAME, UNIT)
    done = meet(host, "Configure the server", KILL)
    assert main_pid(NAME, UNIT) not in {pid, "0"}, "systemd has started it again"
    return done


@pytest.fixture(scope="module")
def hardened(host: Site, killed: tuple[int, str]) -> Site:
    assert killed
    host.play("harden")
    return host


def meet(host: Site, task: str, script: str, *options: str) -> tuple[int, str]:
    """Run harden.yml, and as the task begins a script on the host; return the status and the words, on one line."""
    happening = {
        "ANSIBLE_CALLBACK_PLUGINS": str(Path(__file__).parent / "callback_plugins"),
        "RAMPART_AT": task,
        "RAMPART_ON": host.name,
        "RAMPART_DO": f"touch {HAPPENED}\n{script}",
    }
    status, said = host.run("harden", *options, **happening)
    host.ask(f"rm {HAPPENED}")  # fails if it did not happen
    return status, " ".join(said.split())


def refused(host: Site) -> str:
    """Run harden.yml, which must refuse and change nothing; return what it said, on one line."""
    status, said = host.run("harden")
    flat = " ".join(said.split())
    assert status != 0, flat[-3000:]
    assert "Nothing was changed." in flat, flat[-3000:]
    assert host.changed(said) == 0
    return flat


def state(host: Site) -> list[str]:
    """Return host and server through the old door, by line."""
    return host.ask(HOST + SERVER).splitlines()


def written(host: Site) -> list[str]:
    """Return the directives of the configuration file, sorted."""
    return sorted(line for line in host.ask(f"cat {CONF}").splitlines() if line and not line.startswith("#"))


def present_the_same(host: Site) -> None:
    """See that the port presents the certificate in the file, and that it is of the deployment's authority."""
    presented, in_file, verified = host.ask(PRESENTED).splitlines()
    assert presented == in_file
    assert verified.endswith("OK")


def keys(host: Site) -> str:
    return host.say("operator", "info keyspace")


def settled(host: Site) -> None:
    """See that nothing is left to do, nothing lies about, no key is lost and the old door is shut."""
    assert host.changed(host.play("harden")) == 0
    assert host.leftovers() == []
    assert f"db0:keys={KEYS}," in keys(host)
    assert "Connection refused" in host.ask("redis-cli -p 6379 ping 2>&1 || true")


def test_a_read_only_etc_is_refused(host: Site) -> None:
    before = state(host)
    inside(NAME, SEAL)
    try:
        said = refused(host)
    finally:
        inside(NAME, UNSEAL)
    assert "Nothing can be written to /etc/redis, /etc/systemd/system: the file system is mounted read-only" in said
    assert "mount it writable and run again" in said
    assert state(host) == before


def test_a_full_disk_is_refused(host: Site) -> None:
    before = state(host)
    inside(NAME, FILL)
    try:
        said = refused(host)
    finally:
        inside(NAME, EMPTY)
    assert f"The file system of {CONF} has 0 KiB free" in said
    assert "Make room and run again" in said
    assert state(host) == before


def test_a_disk_that_fills_in_the_first_run(host: Site) -> None:
    before = state(host)
    status, said = meet(host, "Configure the server", FILL)
    assert status != 0
    assert f"{CONF}: cannot be written: No space left on device. Make room on that file system and run again" in said, (
        said[-3000:]
    )
    assert host.ask("redis-cli dbsize").split() == [str(KEYS)], "the old door serves on"
    assert host.leftovers() == []
    inside(NAME, EMPTY)
    host.play("undo")
    assert state(host) == before


def test_a_server_killed_in_the_first_run(killed: tuple[int, str], hardened: Site) -> None:
    status, said = killed
    assert status == 0 or "This host was put back as it was before" in said, said[-3000:]
    settled(hardened)


def test_what_people_change_by_hand_is_put_right(hardened: Site) -> None:
    hardened.ask(f"""
    sed -i -e 's/^maxclients .*/maxclients 77/' -e '/^aclfile/d' {CONF}
    echo 'hash-max-listpack-entries 99' >> {CONF}
    sed -i 's/^user app .*/& +@all/' /etc/redis/users.acl
    {FOREIGN}""")
    assert "OK" in hardened.say("operator", "acl setuser app +@all", "config set maxclients 78")
    hardened.play("harden")
    assert [line for line in written(hardened) if line.startswith(OURS)] == [
        "aclfile /etc/redis/users.acl",
        "hash-max-listpack-entries 512",
        "hash-max-listpack-entries 99",
        "maxclients 10000",
    ]
    assert "maxclients\n10000" in hardened.say("operator", "config get maxclients")
    assert "+@all" not in hardened.ask("grep '^user app' /etc/redis/users.acl")
    assert "NOPERM" in hardened.say("app", "flushall")
    present_the_same(hardened)
    settled(hardened)


def test_config_rewrite_and_a_key_of_its_own(hardened: Site) -> None:
    before = hardened.ask("cat /etc/redis/users.acl")
    assert hardened.say("operator", "config rewrite").split() == ["OK", "OK"]
    written_before = [line.replace('"', "") for line in written(hardened)]
    hardened.ask(f"openssl ecparam -name prime256v1 -genkey -noout -out {PAIR}-key.pem")
    hardened.play("harden")
    now = [line.replace('"', "") for line in written(hardened)]
    assert now == written_before, "none lost, none twice"
    assert hardened.ask("cat /etc/redis/users.acl") == before
    present_the_same(hardened)
    settled(hardened)


def test_a_disk_that_fills_when_a_user_comes(hardened: Site) -> None:
    users = json.dumps({"redis_acl_users": [*USERS, {"name": "shop", "preset": "application", "prefix": "shop:"}]})
    before = hardened.ask(HOST), hardened.say("operator", "acl list"), main_pid(NAME, UNIT)
    status, said = meet(hardened, "Install the users", FILL, "-e", users)
    assert status != 0
    assert "/etc/redis/users.acl: cannot be written: No space left on device. Make room on that file system" in said
    assert (hardened.ask(HOST), hardened.say("operator", "acl list"), main_pid(NAME, UNIT)) == before
    inside(NAME, EMPTY)
    hardened.play("harden", "-e", users)
    assert "PONG" in hardened.say("shop", "ping")
    settled(hardened)


def test_a_server_stopped_half_way_and_a_foreign_certificate(hardened: Site) -> None:
    status, said = meet(hardened, "Install the users", STOP)
    assert status != 0
    assert "Connection refused" in said
    assert "repair it and run again" in said, said[-3000:]

    # Somebody starts it with a certificate of another authority.
    inside(NAME, f"{FOREIGN}systemctl start redis-server")
    assert "The server presents a certificate that cannot be trusted" in refused(hardened)

    # docs/recovery.md, A foreign certificate
    password = (hardened.secrets / "operator").read_text().strip()
    saved = hardened.ask(f"{CLI} --insecure <<'END'\nAUTH operator {password}\nSAVE\nEND\n")
    assert saved.split() == ["OK", "OK"]
    inside(NAME, STOP)
    hardened.play("harden")
    present_the_same(hardened)
    settled(hardened)


def test_a_line_that_no_server_takes(hardened: Site) -> None:
    hardened.ask(f"echo 'no-such-directive yes' >> {CONF}; systemctl restart redis-server || true")
    status, said = hardened.run("harden")
    flat = " ".join(said.split())
    assert status != 0
    number = hardened.ask(f"grep -n no-such-directive {CONF}").partition(":")[0]
    assert f"{CONF} line {number}" in flat, flat[-3000:]
    hardened.ask(f"sed -i /no-such-directive/d {CONF}; systemctl reset-failed redis-server")
    hardened.play("harden")
    settled(hardened)
