# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bring a container into the state that an attack is meant for. Each function is what careless people really do."""

from __future__ import annotations

from .canary import MASTERAUTH
from .model import APPLICATION, MONITORING, SESSION, User
from .shell import inside

# The guide's users with passwords of their own. Planted, and gone after hardening.
GUIDE_USERS = {
    name: User(name, password)
    for name, password in (
        (APPLICATION, "guide-application-password-4711"),
        (SESSION, "guide-session-password-4711"),
        (MONITORING, "guide-monitoring-password-4711"),
    )
}

INSTALL = """
export DEBIAN_FRONTEND=noninteractive
apt-get install -y --no-install-recommends redis-server
"""

OPEN = """
sed -i -e 's/^bind .*/bind * -::*/' -e 's/^protected-mode .*/protected-mode no/' /etc/redis/redis.conf
"""

CARELESS = f"""
cat >> /etc/redis/redis.conf <<'END'
masterauth {MASTERAUTH}
unixsocket /run/redis/redis-server.sock
unixsocketperm 777
enable-protected-configs yes
enable-module-command yes
END
"""

# After the restart: the server itself saves with 0660.
CARELESS_MODES = """
redis-cli save
chmod 0755 /etc/redis /var/lib/redis
chmod 0644 /etc/redis/redis.conf /var/lib/redis/dump.rdb
"""

WEAK_TLS = """
openssl req -x509 -nodes -newkey rsa:2048 -days 30 -subj /CN=redis.example.internal \
  -keyout /etc/redis/weak-key.pem -out /etc/redis/weak-cert.pem
chown redis:redis /etc/redis/weak-key.pem /etc/redis/weak-cert.pem
cat >> /etc/redis/redis.conf <<'END'
tls-port 6380
tls-cert-file /etc/redis/weak-cert.pem
tls-key-file /etc/redis/weak-key.pem
tls-auth-clients no
tls-protocols "TLSv1 TLSv1.1 TLSv1.2"
tls-ciphers "ALL:@SECLEVEL=0"
END
"""

# The guide's ACL file, made loadable: no comments, passwords filled in. Two of the guide's own accidents stay: the
# literal ${REDIS_PASSWORD} and the empty password of an unset variable. The guide switches "default" off and leaves
# nobody who could administer the server; here it stays on, as on every server that somebody still administers.
GUIDE_ACL = f"""user default on nopass ~* &* +@all
user {APPLICATION} on >{GUIDE_USERS[APPLICATION].password} >${{REDIS_PASSWORD}} ~* &* +@all -@dangerous -flushall \
-flushdb -shutdown -debug -eval -script
user {MONITORING} on >{GUIDE_USERS[MONITORING].password} ~* &* +@read +info +ping +client +config|get
user admin off >${{ADMIN_PASSWORD}} ~* &* +@all
user {SESSION} on >{GUIDE_USERS[SESSION].password} > ~session:* &* +@write +@read +del +expire +ttl
"""

GUIDE = f"""
cat > /etc/redis/users.acl <<'END'
{GUIDE_ACL}END
chown redis:redis /etc/redis/users.acl
chmod 0640 /etc/redis/users.acl
cat >> /etc/redis/redis.conf <<'END'
aclfile /etc/redis/users.acl
masterauth {MASTERAUTH}
END
"""

RESTART = """
systemctl restart redis-server
redis-cli ping | grep -q PONG
"""


def install(container: str) -> None:
    """Install the distribution's Redis and nothing else."""
    inside(container, INSTALL)


def open_to_all(container: str) -> None:
    """Baseline *open*: reachable from everywhere, no protection."""
    inside(container, OPEN + RESTART)


def careless(container: str) -> None:
    """Baseline *careless*: open, plus what old guides recommend."""
    inside(container, OPEN + CARELESS + RESTART + CARELESS_MODES)


def guide_with_weak_tls(container: str) -> None:
    """Baselines *guide* and *weak-tls* in one: the guide's users, and TLS that lets everybody in."""
    inside(container, OPEN + GUIDE + WEAK_TLS + RESTART)


# What a container must be prepared with so that an attack of this baseline succeeds. Careless includes open.
PREPARE = {
    "open": open_to_all,
    "careless": careless,
    "guide": guide_with_weak_tls,
    "weak-tls": guide_with_weak_tls,
}
