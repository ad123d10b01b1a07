# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All attacks, in the order in which they are run: those that only look come first."""

from __future__ import annotations

from . import (
    certificates,
    credentials,
    destruction,
    eavesdrop,
    guessing,
    local_user,
    replication,
    scripting,
    smuggling,
    stall,
    stranger,
    survivor,
    takeover,
    tenants,
    wire,
)
from .model import Attack

ATTACKS: tuple[Attack, ...] = (
    Attack(1, "read a secret without a login", "open", destruction.read_secret),
    Attack(9, "watch all commands with MONITOR", "open", eavesdrop.monitor),
    Attack(10, "read a secret from the wire", "open", wire.sniff),
    Attack(22, "smuggle a command in an HTTP request", "open", smuggling.speak_http),
    Attack(20, "connect from a host that nobody named", "open", stranger.open_connection),
    Attack(23, "go on with a connection from before", "open", survivor.old_connection),
    Attack(2, "destroy all data with FLUSHALL", "open", destruction.flush, destructive=True),
    Attack(4, "replace the data by a rogue primary", "open", replication.follow_rogue, destructive=True),
    Attack(5, "steal the data as a fake replica", "open", replication.steal_by_psync, destructive=True),
    Attack(17, "carry data off and in by MIGRATE and RESTORE", "open", smuggling.carry_off, destructive=True),
    Attack(3, "write a file outside the data directory", "careless", takeover.write_file, destructive=True),
    Attack(6, "load a module", "careless", takeover.load_module, destructive=True),
    Attack(15, "read credentials back without a login", "careless", credentials.read_back_openly),
    Attack(21, "read Redis' files as another local user", "careless", local_user.read_locally),
    Attack(7, "run code as an application user", "guide", scripting.run_code),
    Attack(8, "stall the server as an ordinary user", "guide", stall.stall, destructive=True),
    Attack(9, "overhear others as an application user", "guide", eavesdrop.overhear),
    Attack(15, "read credentials back as an ordinary user", "guide", credentials.read_back_as_user),
    Attack(16, "reach another tenant's data", "guide", tenants.cross_tenant, destructive=True),
    Attack(14, "guess ten thousand passwords", "guide", guessing.guess),
    Attack(24, "log in with an empty or literal password", "guide", credentials.left_behind),
    Attack(13, "command with a wrong or no client certificate", "weak-tls", certificates.wrong_certificate),
    Attack(11, "play the server with a forged certificate", "weak-tls", wire.impersonate),
    Attack(12, "talk TLS 1.0 or without encryption", "weak-tls", wire.downgrade),
)
