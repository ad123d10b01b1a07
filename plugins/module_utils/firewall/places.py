"""Our tables, where each is kept, and what loads it at boot and puts the old one back."""

from __future__ import annotations

from dataclasses import dataclass

from .ruleset import FIREWALL, QUARANTINE


@dataclass(frozen=True)
class Place:
    """One table: its name, its file, its unit, and what the unit is."""

    table: str
    title: str

    @property
    def slug(self) -> str:
        """The name in files and units."""
        return f"rampart-{'quarantine' if self.table == QUARANTINE else 'firewall'}"

    @property
    def file(self) -> str:
        """The rules that are loaded at boot."""
        return f"/etc/rampart/{self.slug.removeprefix('rampart-')}.nft"

    @property
    def unit(self) -> str:
        """The unit that loads them."""
        return f"{self.slug}.service"

    @property
    def unit_file(self) -> str:
        """Where the unit is."""
        return f"/etc/systemd/system/{self.unit}"

    @property
    def drop_in(self) -> str:
        """What loads them again after Debian's nftables.service has flushed everything."""
        return f"/etc/systemd/system/nftables.service.d/50-{self.slug}.conf"

    @property
    def timer(self) -> str:
        """The unit of the timer that takes a trial back, without its ending."""
        return f"{self.slug}-rollback"

    @property
    def trial(self) -> str:
        """Folder of a trial: in memory, since after a reboot the old file is what was loaded."""
        return f"/run/rampart/{self.slug.removeprefix('rampart-')}"


FIREWALL_PLACE = Place(FIREWALL, "Host firewall of rampart.redis")
QUARANTINE_PLACE = Place(QUARANTINE, "Quarantine of rampart.redis: nothing but the administrators' ssh")
PLACES = (FIREWALL_PLACE, QUARANTINE_PLACE)

_HEAD = "# Written by Ansible: rampart.redis.redis_firewall\n"
_UNIT = """{head}[Unit]
Description={title}
DefaultDependencies=no
Wants=network-pre.target
Before=network-pre.target shutdown.target {servers}
Conflicts=shutdown.target
# Debian's own unit flushes all rules when it starts, ours too.
After=nftables.service local-fs.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart={nft} -f {file}
ExecReload={nft} -f {file}
ExecStop=/bin/sh -c '{nft} delete table inet {table} 2>/dev/null || true'

[Install]
WantedBy=sysinit.target
"""
# nftables.service flushes everything whenever it starts, stops or reloads. A stopped unit of ours stays stopped.
_DROP_IN = """{head}[Service]
ExecStartPost=-/bin/sh -c 'systemctl --quiet is-active {unit} && {nft} -f {file} || true'
ExecReload=-/bin/sh -c 'systemctl --quiet is-active {unit} && {nft} -f {file} || true'
ExecStopPost=-/bin/sh -c 'systemctl --quiet is-active {unit} && {nft} -f {file} || true'
"""
# Whoever removes the file "armed" has the say: either the confirmation or this.
_ROLLBACK = """#!/bin/sh
# Written by rampart.redis: takes a firewall back that nobody has confirmed.
set -u
cd '{trial}' || exit 0
rm armed 2>/dev/null || exit 0
if {nft} -f before.nft; then
  echo '<4>{table}: not confirmed in time, so the rules from before are back'
else
  {nft} -f removed.nft
  echo '<3>{table}: not confirmed in time, and the rules from before could not be loaded: THERE IS NO FIREWALL OF OURS'
  exit 1
fi
"""


def file_text(place: Place, rules: str) -> str:
    """Return the file that is loaded at boot."""
    return f"{_HEAD}# {place.title}\n{rules}"


def unit_text(place: Place, nft: str, servers: tuple[str, ...]) -> str:
    """Return the unit; ``servers``: the units that start only behind it."""
    names = " ".join(servers)
    return _UNIT.format(
        head=_HEAD, title=place.title, servers=names, nft=nft, file=place.file, table=place.table
    ).replace(" \n", "\n")


def drop_in_text(place: Place, nft: str) -> str:
    """Return the drop-in over nftables.service."""
    return _DROP_IN.format(head=_HEAD, unit=place.unit, nft=nft, file=place.file)


def rollback_text(place: Place, nft: str) -> str:
    """Return the script that takes a trial back."""
    return _ROLLBACK.format(trial=place.trial, table=place.table, nft=nft)
