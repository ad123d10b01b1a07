"""What every module shares with Ansible: argument specs, the runner, and the one ``fail_json`` of the repository."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ansible.module_utils.basic import AnsibleModule, env_fallback, missing_required_lib

from .errors import MissingLibraryError, RampartError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Spec = dict[str, Any]

CONNECTION_SPEC: Spec = {
    "login_host": {"type": "str", "default": "127.0.0.1"},
    "login_port": {"type": "int", "default": 6379},
    "login_user": {"type": "str"},
    "login_password": {"type": "str", "no_log": True},
    "login_unix_socket": {"type": "path"},
    "login_timeout": {"type": "float", "default": 5.0},
    "tls": {"type": "bool", "default": True},
    "validate_certs": {"type": "bool", "default": True},
    "ca_certs": {"type": "path"},
    "client_cert_file": {"type": "path"},
    "client_key_file": {"type": "path"},
}

# The environment's names are those of DigitalOcean's own tools.
CLOUD_SPEC: Spec = {
    "api_token": {
        "type": "str",
        "no_log": True,
        "required": True,
        "fallback": (env_fallback, ["DIGITALOCEAN_ACCESS_TOKEN", "DIGITALOCEAN_TOKEN", "DO_API_TOKEN"]),
    },
    "api_url": {"type": "str", "default": "https://api.digitalocean.com"},
    "ca_certs": {"type": "path"},
    "timeout": {"type": "float", "default": 30.0},
    "retries": {"type": "int", "default": 4},
}


@dataclass(frozen=True)
class Request:
    """What a module was asked: its options, and whether to change anything."""

    params: Mapping[str, Any]
    check_mode: bool
    diff_mode: bool


def run(spec: Spec, work: Callable[[Request], dict[str, Any]], **module_options: Any) -> None:  # noqa: ANN401
    """Run ``work`` and exit with its result; every ``RampartError`` becomes one failed task with one sentence.

    ``work`` returns the arguments of ``exit_json``; a list under ``warnings`` is shown as warnings.
    """
    module = AnsibleModule(argument_spec=spec, supports_check_mode=True, **module_options)
    request = Request(module.params, module.check_mode, module._diff)  # noqa: SLF001
    try:
        result = work(request)
    except MissingLibraryError as error:
        module.fail_json(msg=missing_required_lib(error.library), exception=error.detail, hint=error.hint)
    except RampartError as error:
        module.fail_json(msg=str(error))
    for warning in result.pop("warnings", []):
        module.warn(warning)
    module.exit_json(**result)
