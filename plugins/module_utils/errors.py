"""Every error this collection raises on purpose.

::

    RampartError                 one sentence: where, what, what next
    |-- InputError               the user's wish is wrong; nothing was touched
    |-- MissingLibraryError      a Python library is missing where the task runs
    |-- UnreachableError         no conversation with the server: refused, timeout, TLS
    |   |-- LoginError           the conversation ended at the door: NOAUTH, WRONGPASS
    |   `-- UncertainError       a change was sent, and nothing tells whether it was made
    |-- ServerRefusedError       the server answered a command with an error
    |-- ShadowError              the shadow server did not accept a staged file
    `-- HostError                a file, process or service of the host did not do what was asked

``glue.run`` turns them into the one ``fail_json`` of the repository. Anything else that is raised is a bug and shows
its traceback.
"""

from __future__ import annotations


class RampartError(Exception):
    """An error for the reader of a terminal: ``where: what (hint)``.

    :param what: what is wrong, one sentence without a full stop.
    :param where: the file and line, option, user or host it is about.
    :param hint: what to do next.
    """

    def __init__(self, what: str, *, where: str = "", hint: str = "") -> None:
        self.what = what
        self.where = where
        self.hint = hint
        super().__init__(what)

    def __str__(self) -> str:
        text = f"{self.where}: {self.what}" if self.where else self.what
        return f"{text}. {self.hint}" if self.hint else text


class InputError(RampartError):
    """The wish is wrong; raised before anything was changed."""


class MissingLibraryError(RampartError):
    """A Python library is missing where the task runs."""

    def __init__(self, library: str, package: str, detail: str | None = None) -> None:
        self.library = library
        self.detail = detail
        super().__init__(
            f"the Python library {library} is missing",
            hint=f"Install the distribution's package {package} on the host where this task runs",
        )


class UnreachableError(RampartError):
    """No conversation with the server."""


class LoginError(UnreachableError):
    """The server answers, but does not let us in."""


class UncertainError(UnreachableError):
    """A change was sent and the answer was lost, so whoever catches this looks before sending it again."""


class ServerRefusedError(RampartError):
    """The server answered a command with an error."""


class ShadowError(RampartError):
    """The shadow server, the target's own binary, did not accept a staged file."""


class HostError(RampartError):
    """A file, process or service of the host did not do what was asked."""
