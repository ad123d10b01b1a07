"""Watch all processes of this machine, those in containers too, for text in their arguments and environment."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType
    from typing import Self

PAUSE_SECONDS = 0.01


class ProcessWatch:
    """While this context is open, ``found`` collects (file, needle) of every sighting; ``seen`` counts files read."""

    def __init__(self, needles: Iterable[str]) -> None:
        self._needles = [needle.encode() for needle in needles]
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.found: set[tuple[str, str]] = set()
        self.seen = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(PAUSE_SECONDS):
            for folder in Path("/proc").iterdir():
                if folder.name.isdigit():
                    self._look(folder)

    def _look(self, folder: Path) -> None:
        for name in ("cmdline", "environ"):
            try:
                content = (folder / name).read_bytes()
            except OSError:
                continue  # the process has ended, or is not ours to read
            self.seen += 1
            self.found.update((name, needle.decode()) for needle in self._needles if needle in content)
