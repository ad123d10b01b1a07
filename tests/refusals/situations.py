"""Real situations in which a server must not be hardened: how to make each in a container, and how to end it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

CONF = "/etc/$product/$product.conf"
RESTART = "systemctl restart $product-server\n"
# Debian allows five starts in ten seconds.
RESET = f"cp -a /root/stock.conf {CONF}\nsystemctl reset-failed $product-server\n{RESTART}"
ANSWERS = "for try in $(seq 50); do $product-cli -p %s ping 2>/dev/null | grep -q PONG && break; sleep 0.1; done\n"

# A second server, started by hand, with a port and folder of its own, and the same data.
SECOND = """
mkdir -p /srv/second
cp /var/lib/$product/dump.rdb /srv/second/
$product-server --port 6390 --dir /srv/second --save '' --daemonize yes --logfile /srv/second/log
""" + (ANSWERS % 6390)
END_SECOND = "$product-cli -p 6390 shutdown nosave\nrm -rf /srv/second\n"

PASSWORD = "planted-current-password-4711"
OPERATOR = "planted-operator-password-4711-0123456789abcdef"


@dataclass(frozen=True)
class Situation:
    """``make`` and ``end``: scripts, with ``$product``. ``options``: variables of harden. ``reasons``: what it says.

    ``library``: whether the host has python3-redis; without it the refusal is for what files and processes show.
    ``login``: words for the client, None where no server answers. ``secrets``: files on the controller.
    """

    make: str
    end: str
    reasons: tuple[str, ...]
    options: dict[str, Any] = field(default_factory=dict)
    library: bool = True
    login: str | None = ""
    secrets: dict[str, str] = field(default_factory=dict)


def _configured(*lines: str) -> str:
    added = "\n".join(lines)
    return f"cat >> {CONF} <<END\n{added}\nEND\n{RESTART}"


def _hashed(user: str, password: str, rules: str) -> str:
    digest = f"$(printf %s {password} | sha256sum | cut -d' ' -f1)"
    return f'echo "user {user} on #{digest} {rules}" >> /etc/$product/users.acl\n'


ACL_FILE = (
    "echo 'user default off' > /etc/$product/users.acl\nchown $product:$product /etc/$product/users.acl\n"
    + _hashed("operator", OPERATOR, "~* &* +@all")
    + _hashed("shop", "planted-shop-password", "~app:* +get")
    + _configured("aclfile /etc/$product/users.acl")
)
END_ACL_FILE = "rm /etc/$product/users.acl\n" + RESET

SITUATIONS = {
    "renamed commands": Situation(
        _configured('rename-command FLUSHALL ""', "rename-command KEYS other"),
        RESET,
        ("renames FLUSHALL, KEYS",),
        library=False,
    ),
    "cluster node, password": Situation(
        _configured("cluster-enabled yes", f"requirepass {PASSWORD}"),
        "rm -f /var/lib/$product/nodes.conf\n" + RESET,
        ("cluster node", "asks for a password"),
        library=False,
        login=f"-a {PASSWORD}",
    ),
    "password": Situation(
        _configured(f"requirepass {PASSWORD}"), RESET, ("redis_server_current_password",), login=f"-a {PASSWORD}"
    ),
    "replica": Situation(
        SECOND + "$product-cli replicaof 127.0.0.1 6390\n"
        "for try in $(seq 50); do $product-cli info replication | grep -q link_status:up && break; sleep 0.2; done\n",
        "$product-cli replicaof no one\n" + END_SECOND,
        ("a replica of 127.0.0.1 6390", "Several servers run here"),
    ),
    "primary, watched by Sentinel": Situation(
        SECOND + "$product-cli -p 6390 replicaof 127.0.0.1 6379\n"
        "for try in $(seq 50); do $product-cli info replication | grep -q state=online && break; sleep 0.2; done\n"
        "mkdir -p /srv/sentinel\n"
        "printf 'port 26390\\ndir /srv/sentinel\\nsentinel monitor shop 127.0.0.1 6379 1\\n' > /srv/sentinel/conf\n"
        "$product-server /srv/sentinel/conf --sentinel --daemonize yes --logfile /srv/sentinel/log\n"
        "for try in $(seq 50); do $product-cli client list | grep -q name=sentinel && break; sleep 0.1; done\n",
        "$product-cli -p 26390 shutdown\nrm -rf /srv/sentinel\n" + END_SECOND,
        ("a primary with 1 connected replica(s)", "Sentinel watches this server"),
    ),
    "in a container": Situation(
        "systemctl stop $product-server\n"
        "unshare --pid --fork --mount-proc $product-server --port 6379 --save '' >/dev/null 2>&1 </dev/null &\n"
        + (ANSWERS % 6379),
        "$product-cli shutdown nosave\nsleep 0.2\n" + RESTART,
        ("runs in a container (process",),
    ),
    "full disk": Situation(
        "systemctl stop $product-server\ncp -a /var/lib/$product/. /srv/kept/\n"
        "mount -t tmpfs -o size=16m,mode=0750,uid=$product,gid=$product tmpfs /var/lib/$product\n"
        "cp -a /srv/kept/. /var/lib/$product/\nsystemctl start $product-server\n",
        "systemctl stop $product-server\numount /var/lib/$product\n" + RESTART,
        ("/var/lib/$product has 1", "MiB free"),
    ),
    "clients on the TLS port, public addresses": Situation(
        "$product-cli subscribe news >/dev/null 2>&1 </dev/null & echo $! > /srv/client\n",
        "kill $(cat /srv/client)\nrm /srv/client\n",
        (
            "serves plaintext to 1 client(s), and TLS cannot share it",
            "listen on 8.8.8.8, which is a public address",
            "listen on *, which is every interface",
        ),
        options={"redis_server_tls_port": 6379, "redis_server_address": "8.8.8.8", "redis_server_bind": ["*"]},
    ),
    "operator's password is missing": Situation(
        ACL_FILE,
        END_ACL_FILE,
        ("password of operator is missing", "secrets/operator"),
        login=f"--user operator -a {OPERATOR}",
    ),
    "a client's password is missing": Situation(
        ACL_FILE,
        END_ACL_FILE,
        ("The server has shop, but",),
        options={"redis_acl_users": [{"name": "shop", "preset": "application", "prefix": "app:"}]},
        login=f"--user operator -a {OPERATOR}",
        secrets={"operator": OPERATOR},
    ),
    "old server on an old distribution": Situation(
        "cp -a /etc/debian_version /usr/lib/os-release /srv\necho 11.9 > /etc/debian_version\n"
        'sed -i \'s/="1[23]"/="11"/\' /usr/lib/os-release\n'
        "systemctl stop $product-server\nmkdir -p /etc/systemd/system/$product-server.service.d\n"
        "printf '#!/bin/sh\\necho Redis server v=6.0.16 sha=0:0\\n' > /usr/local/bin/$product-server-6.0\n"
        "chmod 0755 /usr/local/bin/$product-server-6.0\n"
        'printf "[Service]\\nExecStart=\\nExecStart=/usr/local/bin/$product-server-6.0 /etc/$product/$product.conf\\n" '
        "> /etc/systemd/system/$product-server.service.d/old.conf\nsystemctl daemon-reload\n",
        "cp -a /srv/debian_version /etc\ncp -a /srv/os-release /usr/lib\nrm /srv/debian_version /srv/os-release\n"
        "rm -r /etc/systemd/system/$product-server.service.d /usr/local/bin/$product-server-6.0\n"
        "systemctl daemon-reload\n" + RESTART,
        ("redis 6.0.16 is older than 6.2", "$product on Debian 11.9 was never tested"),
        login=None,
    ),
}
