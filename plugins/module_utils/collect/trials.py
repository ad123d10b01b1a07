"""A table on trial: a timer takes it back unless somebody comes over a new connection and confirms it.

The timer is armed before the table is loaded. Nothing on the disk changes before the confirmation, so a reboot in
between takes the trial back as well. Whoever removes the file ``armed`` has the say: the confirmation or the timer.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from .. import host
from ..errors import HostError
from ..firewall.places import rollback_text
from ..firewall.ruleset import put_back, removed
from . import nftables
from .checkpoints import make_private, write_private

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..firewall.places import Place

_MODE = 0o640
_UNIT_MODE = 0o644


def begin(place: Place, nft: str, rules: str, files: Mapping[str, str], seconds: int) -> None:
    """Arm the way back, then load the rules; ``files``: what the confirmation writes, by path.

    :raises HostError: the way back cannot be armed, or the rules cannot be loaded; nothing was changed.
    """
    folder = Path(place.trial)
    make_private(folder)
    texts = {
        "before.nft": put_back(place.table, nftables.kept(nft, place.table)),
        "removed.nft": removed(place.table),
        "rollback": rollback_text(place, nft),
        **{_beside(path): text for path, text in files.items()},
        "armed": "",
    }
    for name, text in texts.items():
        write_private(folder / name, text.encode())
    try:
        _arm(place, seconds)
        nftables.load(nft, rules)
    except HostError:
        disarm(place)
        raise


def pending(place: Place) -> bool:
    """Tell whether the table waits for its confirmation."""
    return Path(place.trial, "armed").exists()


def wish(place: Place, path: str, data: bytes) -> host.FileWish:
    """Return a file as it shall be: units may be read by all, rules by root only, for they name hosts."""
    mode = _MODE if path == place.file else _UNIT_MODE
    return host.FileWish(path, data, mode, str(os.geteuid()), str(os.getegid()))


def confirm(place: Place, nft: str) -> None:
    """Keep what is on trial: write its files and let the unit load them from now on.

    :raises HostError: it was taken back already, or cannot be kept and was taken back now.
    """
    if not _claim(place):
        raise HostError(
            "it was taken back already; the rules from before are in force",
            where=place.table,
            hint="Run again, with a longer confirm_within if the way to this host is slow",
        )
    _stop_timer(place)
    folder, paths = Path(place.trial), (place.file, place.unit_file, place.drop_in)
    wishes = [wish(place, path, (folder / _beside(path)).read_bytes()) for path in paths]
    done = host.Replacement()
    try:
        for path in paths:
            Path(path).parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        done = host.replace(wishes)
        keep_loading(place)
    except (HostError, OSError) as error:
        done.undo()
        nftables.load(nft, (folder / "before.nft").read_text(encoding="utf-8"))
        raise HostError(f"cannot be kept, and the rules from before are back: {error}", where=place.table) from error
    shutil.rmtree(folder)


def take_back(place: Place) -> None:
    """Take a trial back now; an earlier run has died before it could confirm."""
    _stop_timer(place)
    host.run_ok(["sh", f"{place.trial}/rollback"])


def disarm(place: Place) -> None:
    """Call the timer off."""
    _claim(place)
    _stop_timer(place)


def keep_loading(place: Place) -> None:
    """Let systemd load the file at boot; a unit that is active already is not started again: it would count anew."""
    host.run_ok(["systemctl", "daemon-reload"])
    host.run_ok(["systemctl", "--quiet", "enable", place.unit])
    host.run_ok(["systemctl", "start", place.unit])


def _beside(path: str) -> str:
    return path.replace("/", "_")


def _claim(place: Place) -> bool:
    try:
        Path(place.trial, "armed").unlink()
    except FileNotFoundError:
        return False
    return True


def _arm(place: Place, seconds: int) -> None:
    _stop_timer(place)
    host.run(["systemctl", "reset-failed", f"{place.timer}.service"])
    host.run_ok(
        [
            *("systemd-run", "--quiet", f"--unit={place.timer}", f"--on-active={seconds}"),
            *("--timer-property=AccuracySec=1s", f"--property=SyslogIdentifier={place.timer}"),
            *("/bin/sh", f"{place.trial}/rollback"),
        ]
    )


def _stop_timer(place: Place) -> None:
    host.run(["systemctl", "stop", f"{place.timer}.timer"])
