"""Why a server hung up, where it said so before we asked."""

from __future__ import annotations

from typing import Any


class Alerts:
    """A TLS socket that tells why the server hung up.

    With TLS 1.3 a server refuses a client's certificate after the client's side of the handshake is done, so the reason
    may lie unread when the first question cannot be sent any more.
    """

    def __init__(self, link: Any) -> None:  # noqa: ANN401
        self._link = link

    def sendall(self, data: bytes) -> None:
        """Send.

        :raises OSError: the server hung up; its own reason, where it gave one.
        """
        try:
            self._link.sendall(data)
        except OSError as broken:
            try:
                self._link.recv(1)
            except OSError as reason:
                raise (reason if "ALERT" in str(reason) else broken) from None
            raise

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self._link, name)
