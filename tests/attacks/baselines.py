# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bring a container into the state that an attack is meant for. Each function is what careless people really do."""

from __future__ import annotations

from .canary import MASTERAUTH
from .model import APPLICATION, MONITORING, SESSION, User
from .products import REDIS, Product
from .shell import inside

# The guide's users with passwords of their own. Planted, and gone after hardening.
GUIDE_USERS = {
    name: User(name, password)
    for name, password in (
        (APPLICATION, "guide-application-password-4711"),
        (SESSION, "guide-session-password-4711"),
        (MONITORING, "monitoring-read-only-password"),  # as in the guide's .env.production
    )
}

# The scripts name files by the shell variable $product.
INSTALL = """
export DEBIAN_FRONTEND=noninteractive
apt-get install -y --no-install-recommends $product-server
"""

OPEN = """
sed -i -e 's/^bind .*/bind * -::*/' -e 's/^protected-mode .*/protected-mode no/' /etc/$product/$product.conf
"""

CARELESS = f"""
cat >> /etc/$product/$product.conf <<END
masterauth {MASTERAUTH}
unixsocket /run/$product/$product-server.sock
unixsocketperm 777
enable-protected-configs yes
enable-module-command yes
END
"""

# After the restart: the server itself saves with 0660.
CARELESS_MODES = """
$product-cli save
chmod 0755 /etc/$product /var/lib/$product
chmod 0644 /etc/$product/$product.conf /var/lib/$product/dump.rdb
"""

WEAK_TLS = """
openssl req -x509 -nodes -newkey rsa:2048 -days 30 -subj /CN=redis.example.internal \
  -keyout /etc/$product/weak-key.pem -out /etc/$product/weak-cert.pem
chown $product:$product /etc/$product/weak-key.pem /etc/$product/weak-cert.pem
cat >> /etc/$product/$product.conf <<END
tls-port 6380
tls-cert-file /etc/$product/weak-cert.pem
tls-key-file /etc/$product/weak-key.pem
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
cat > /etc/$product/users.acl <<'END'
{GUIDE_ACL}END
chown $product:$product /etc/$product/users.acl
chmod 0640 /etc/$product/users.acl
cat >> /etc/$product/$product.conf <<END
aclfile /etc/$product/users.acl
masterauth {MASTERAUTH}
END
"""

RESTART = """
systemctl restart $product-server
$product-cli ping | grep -q PONG
"""


def install(container: str, product: Product = REDIS) -> None:
    """Install the distribution's server and nothing else."""
    _run(container, product, INSTALL)


def open_to_all(container: str, product: Product = REDIS) -> None:
    """Baseline *open*: reachable from everywhere, no protection."""
    _run(container, product, OPEN + RESTART)


def careless(container: str, product: Product = REDIS) -> None:
    """Baseline *careless*: open, plus what old guides recommend."""
    _run(container, product, OPEN + CARELESS + RESTART + CARELESS_MODES)


def guide_with_weak_tls(container: str, product: Product = REDIS) -> None:
    """Baselines *guide* and *weak-tls* in one: the guide's users, and TLS that lets everybody in."""
    _run(container, product, OPEN + GUIDE + WEAK_TLS + RESTART)


def _run(container: str, product: Product, script: str) -> None:
    inside(container, f"product={product.name}\n{script}")


# What a container must be prepared with so that an attack of this baseline succeeds. Careless includes open.
PREPARE = {
    "open": open_to_all,
    "careless": careless,
    "guide": guide_with_weak_tls,
    "weak-tls": guide_with_weak_tls,
}
