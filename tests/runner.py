"""Run a module as Ansible does, in this process: its arguments validated, its result read from its standard output."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stdout
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest
from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.testing import patch_module_args

if TYPE_CHECKING:
    from types import ModuleType


def outcome(module: ModuleType, options: dict[str, Any], *, check_mode: bool = False) -> dict[str, Any]:
    """Return what the module prints, failed or not; warnings are texts."""
    output = io.StringIO()
    arguments = {**options, "_ansible_check_mode": check_mode, "_ansible_diff": True}
    warnings: list[str] = []
    # Ansible collects warnings per process, and a module is a process; here one follows another.
    with (
        patch.object(AnsibleModule, "warn", lambda _module, text: warnings.append(text)),
        patch_module_args(arguments),
        redirect_stdout(output),
        pytest.raises(SystemExit),
    ):
        module.main()
    result: dict[str, Any] = json.loads(output.getvalue())
    return {**result, "warnings": warnings}


def succeed(module: ModuleType, options: dict[str, Any], *, check_mode: bool = False) -> dict[str, Any]:
    """Return the result of a module that must not fail."""
    result = outcome(module, options, check_mode=check_mode)
    assert not result.get("failed"), result
    return result


def fail(module: ModuleType, options: dict[str, Any], *, check_mode: bool = False) -> str:
    """Return the message of a module that must fail."""
    result = outcome(module, options, check_mode=check_mode)
    assert result.get("failed"), result
    return str(result["msg"])
