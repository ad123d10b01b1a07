"""What a server is asked for evidence: reading commands only, each once, with a limit to what it may send and take."""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..connection import connect
from ..errors import LoginError, ServerRefusedError, UnreachableError

if TYPE_CHECKING:
    from ..connection import Endpoint, Server
    from ..evidence.pieces import Piece

# A server that is attacked may be slow, or no longer ours: seconds for everything that it is asked on one connection.
_TIME_LIMIT = 30.0
# After so many broken connections it is not asked any more.
_MOST_BROKEN = 2


class Talk:
    """A conversation that goes on over a new connection when one answer was too much for the last."""

    def __init__(self, door: Endpoint | None, reasons: list[str]) -> None:
        self._door = replace(door, time_limit=_TIME_LIMIT) if door else None
        self._reasons = reasons
        self._server: Server | None = None
        self._hang_up = ExitStack()
        self._broken = 0

    def ask(self, piece: Piece) -> Any:  # noqa: ANN401 - whatever it answers
        """Send the command of a piece.

        :raises RampartError: no answer, or a refusal.
        """
        reply = self._sent(piece.ask)
        if isinstance(reply, Exception):
            words = " ".join(piece.ask[:2]) if piece.ask[0] != "INFO" else piece.ask[0]
            raise ServerRefusedError(f"{words} was refused", where="server", hint=str(reply))
        return reply

    def close(self) -> None:
        """Hang up."""
        self._hang_up.close()
        self._server = None

    def _sent(self, words: tuple[str, ...]) -> Any:  # noqa: ANN401
        if self._door is None:
            raise LoginError("no door lets us in", where="server", hint="; ".join(self._reasons))
        if self._broken >= _MOST_BROKEN:
            raise UnreachableError("has stopped answering", where="server")
        try:
            self._server = self._server or self._hang_up.enter_context(connect(self._door))
            return self._server.pipeline([words])[0]
        except UnreachableError:
            self._broken += 1
            self.close()
            raise


def rendered(reply: Any) -> bytes:  # noqa: ANN401
    """Return an answer as it is kept: texts as they are, all else as JSON."""
    if isinstance(reply, str):
        return reply.encode("utf-8", "surrogateescape")
    return json.dumps(reply, indent=1, ensure_ascii=True).encode()
