"""A server with an operator, for tests of module ``redis_acl``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ansible_collections.rampart.redis.plugins.module_utils.acl.user import digest
from ansible_collections.rampart.redis.plugins.module_utils.collect import acl as store
from ansible_collections.rampart.redis.plugins.modules import redis_acl
from ansible_collections.rampart.redis.tests.runner import fail, succeed

if TYPE_CHECKING:
    from pathlib import Path

    from ansible_collections.rampart.redis.plugins.module_utils.acl.user import AclUser
    from ansible_collections.rampart.redis.tests.live.servers import Running

OPERATOR = "0p-kJ8vQ2xZ7pL4mN9bR5tY1wE3"
SECRET = "s3-kJ8vQ2xZ7pL4mN9bR5tY1wE3"
OTHER = "o7-mJ8vQ2xZ7pL4mN9bR5tY1wE3"
START = f"user default on nopass ~* &* +@all\nuser operator on #{digest(OPERATOR)} ~* &* +@all\n"
APP: dict[str, Any] = {
    "name": "app",
    "passwords": [SECRET],
    "keys": ["app:*"],
    "commands": ["+@read", "+@write", "-@dangerous"],
}


@dataclass(frozen=True)
class Bench:
    """A running server with an operator, and the options by which the module reaches it."""

    server: Running

    @property
    def file(self) -> Path:
        return self.server.folder / "users.acl"

    def options(self, **more: Any) -> dict[str, Any]:  # noqa: ANN401
        login = {
            "login_unix_socket": self.server.endpoint.unix_socket,
            "login_user": "operator",
            "login_password": OPERATOR,
        }
        files = {"aclfile": str(self.file), "group": "root", "binary": self.server.binary}
        return {**login, **files, **more}

    def set(self, *users: dict[str, Any], check_mode: bool = False, **more: Any) -> dict[str, Any]:  # noqa: ANN401
        return succeed(redis_acl, self.options(users=list(users), **more), check_mode=check_mode)

    def refuse(self, *users: dict[str, Any], **more: Any) -> str:  # noqa: ANN401
        """Expect a failure after which neither the running users nor the file have changed."""
        before = self.state()
        message = fail(redis_acl, self.options(users=list(users), **more))
        assert self.state() == before
        return message

    def state(self) -> tuple[dict[str, AclUser], str, int]:
        with self.server.session("operator", OPERATOR) as session:
            users = store.read_users(session, store.read_table(session))
        return users, self.file.read_text(), self.file.stat().st_mode

    def calls(self) -> dict[str, int]:
        with self.server.session("operator", OPERATOR) as session:
            lines = session.info("commandstats").items()
        # 6.2 counts commands only, later ones subcommands.
        return {name.removeprefix("cmdstat_"): int(text.split("calls=")[1].split(",")[0]) for name, text in lines}

    def may(self, user: str, password: str, *words: str) -> bool:
        with self.server.session(user, password) as session:
            reply = session.pipeline([words])[0]
        assert not isinstance(reply, Exception) or "NOPERM" in str(reply) or "no permissions" in str(reply)
        return not isinstance(reply, Exception)
