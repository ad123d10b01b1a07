"""Controller side of ``redis_tls_cert``: the key of the authority stays here, the keys it certifies stay on the hosts.

One call of the module looks and, when something is due, makes keys and returns requests. They are signed here with what
the task wishes, whatever a request says; a second call installs the answers.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible_collections.rampart.redis.plugins.module_utils.errors import InputError, RampartError
from ansible_collections.rampart.redis.plugins.module_utils.tls import issue, library
from ansible_collections.rampart.redis.plugins.module_utils.tls.inspect import describe, stamp
from ansible_collections.rampart.redis.plugins.module_utils.tls.wish import TASK_OPTIONS, parse_wishes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ansible_collections.rampart.redis.plugins.module_utils.tls.wish import CertWish

_MODULE = "rampart.redis.redis_tls_cert"
_HERE_ONLY = ("ca_key", "ca_passphrase", "exchange")
_SERIAL_BITS = 128
_AUTHORITY_FACTS = ("fingerprint", "serial", "subject", "not_after")


class ActionModule(ActionBase):  # type: ignore[misc] # ansible has no type information
    """Sign on the controller."""

    TRANSFERS_FILES = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Call the module once, or twice when something is due; return its result."""
        super().run(tmp, task_vars)
        _validation, params = self.validate_argument_spec(TASK_OPTIONS)
        try:
            return self._certify(params, task_vars or {})
        except RampartError as error:
            raise AnsibleActionFail(str(error)) from error

    def _certify(self, params: Mapping[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        wishes = {wish.name: wish for wish in parse_wishes(params)}
        authority = self._authority(params, wishes.values())
        arguments = {name: value for name, value in self._task.args.items() if name not in _HERE_ONLY}
        exchange = {"authority": authority.pem, "trust": authority.trust.decode()} if authority else {}
        result = self._issued(arguments, exchange, (authority, wishes), task_vars)
        return {**result, **_about(authority, wishes.values(), result.get("warnings", []))}

    def _issued(
        self,
        arguments: dict[str, Any],
        exchange: dict[str, Any],
        signing: tuple[issue.Authority | None, dict[str, CertWish]],
        task_vars: dict[str, Any],
    ) -> dict[str, Any]:
        authority, wishes = signing
        asked_at = _now()
        found = self._call({**arguments, "exchange": exchange}, task_vars)
        requests = found.pop("requests", {})
        clock = found.pop("clock", None)
        if not requests or not authority:
            return found
        _compare_clocks(asked_at, datetime.fromtimestamp(clock, UTC), _now())
        answers = {
            name: issue.sign(authority, wishes[name], request, issue.Moment(_now(), secrets.randbits(_SERIAL_BITS)))
            for name, request in requests.items()
        }
        return self._call({**arguments, "exchange": {**exchange, "answers": answers}}, task_vars)

    def _call(self, arguments: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        result: dict[str, Any] = self._execute_module(module_name=_MODULE, module_args=arguments, task_vars=task_vars)
        return result

    def _authority(self, params: Mapping[str, Any], wishes: Iterable[CertWish]) -> issue.Authority | None:
        if not any(wish.present for wish in wishes):
            return None
        library.require()
        certificate = self._content(params["ca_cert"], "ca_cert")
        key = self._content(params["ca_key"], "ca_key")
        if self._task.check_mode and certificate is None and key is None:
            return None
        for name, content in (("ca_cert", certificate), ("ca_key", key)):
            if content is None:
                raise InputError(f"there is no file {params[name]}", where=name, hint="redis_tls_ca makes an authority")
        return issue.load_authority(certificate or b"", key or b"", params["ca_passphrase"] or None, _now())

    def _content(self, given: str | None, option: str) -> bytes | None:
        """Return what a PEM option holds, itself or in the file it names; None if there is no such file."""
        if not given:
            raise InputError("is required, a file on the controller or the PEM text", where=option)
        if "-----BEGIN " in given:
            return given.encode()
        path = self._loader.path_dwim(str(Path(given).expanduser()))
        if not self._loader.path_exists(path):
            return None
        text: str = self._loader.get_text_file_contents(path)
        return text.encode()


def _about(authority: issue.Authority | None, wishes: Iterable[CertWish], warnings: list[str]) -> dict[str, Any]:
    """Say who signs, and warn while there is time: a certificate never outlives its authority."""
    if authority is None:
        return {}
    found = describe(authority.certificate)
    longest = max((wish.lifetime for wish in wishes if wish.present), default=timedelta())
    if found.not_after - _now() < 2 * longest:
        ends = stamp(found.not_after)
        warnings = [*warnings, f"The authority ends on {ends}, sooner than twice the life of its certificates"]
    return {"authority": {name: found.facts[name] for name in _AUTHORITY_FACTS}, "warnings": warnings}


def _compare_clocks(before: datetime, there: datetime, after: datetime) -> None:
    if not before - issue.CLOCK_SKEW <= there <= after + issue.CLOCK_SKEW:
        raise InputError(
            f"its clock says {there:%Y-%m-%d %H:%M:%S}, that of the controller {after:%Y-%m-%d %H:%M:%S} UTC",
            where="host",
            hint="A certificate made now would not be valid there; set the clocks first",
        )


def _now() -> datetime:
    return datetime.now(UTC)
