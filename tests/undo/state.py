"""What can be seen of a host and its server through the old door."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tests.site import Site

FILES = """
for path in $(find /etc/$product /etc/systemd/system/$product-server.service.d /etc/sysctl.d 2>/dev/null | sort); do
  stat -c '%n %F %a %U:%G' $path; [ -d $path ] || sha256sum $path
done
stat -c '%n %a %U:%G' /var/lib/$product /var/log/$product /var/log/$product/* $(ls -d /var/lib/$product/dump.rdb)
sysctl vm.overcommit_memory net.core.somaxconn
find /etc/rampart /etc/systemd/system -name '*rampart*firewall*' -o -name '*.nft' | sort
nft list ruleset
"""


class State(NamedTuple):
    """Files with modes, kernel values and firewall, running values, users, keys with their values."""

    files: str
    config: str
    users: str
    keys: str

    @classmethod
    def read(cls, host: Site, password: str = "") -> State:
        """Ask in plaintext, with the default user's password if there is one."""
        login = f"export REDISCLI_AUTH='{password}'\n" if password else ""
        ask = "for key in $($product-cli --scan | sort); do echo $key $($product-cli GET $key); done"
        return cls(
            host.ask(FILES),
            host.ask(f"{login}$product-cli CONFIG GET '*' | paste -d= - - | sort"),
            host.ask(f"{login}$product-cli ACL LIST | sort"),
            host.ask(login + ask),
        )
