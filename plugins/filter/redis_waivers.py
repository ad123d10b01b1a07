# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The waivers in a file, or the line of what is wrong with it."""

from __future__ import annotations

DOCUMENTATION = r"""
name: redis_waivers
short_description: Reads a file of waivers
version_added: 0.1.0
author: The rampart.redis contributors (@rampart-redis)
description:
  - Turns the text of a YAML file into the option O(rampart.redis.redis_config_audit#module:waivers) of
    M(rampart.redis.redis_config_audit), and fails with the line of what is wrong.
positional: where
options:
  _input:
    description: The text of the file. An empty one has no waivers.
    type: str
    required: true
  where:
    description: How the file is called in errors.
    type: str
    default: waivers
"""

EXAMPLES = r"""
- name: Audit with the waivers of a file
  rampart.redis.redis_config_audit:
    waivers: "{{ lookup('ansible.builtin.file', path) | rampart.redis.redis_waivers(path) }}"
  vars:
    path: waivers.yml
"""

RETURN = r"""
_value:
  description: The waivers.
  type: list
  elements: dict
"""

from typing import TYPE_CHECKING, Any

import yaml
from ansible.errors import AnsibleFilterError

from ..module_utils.audit.waivers import parse
from ..module_utils.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable


def redis_waivers(text: str, where: str = "waivers") -> list[Any]:
    """Return the waivers of a file as plain data."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise AnsibleFilterError(f"redis_waivers: {where} line {line}: {error.problem}") from error
    if root is None:
        return []
    if not isinstance(root, yaml.SequenceNode):
        raise AnsibleFilterError(f"redis_waivers: {where} line {root.start_mark.line + 1}: not a list of waivers")
    rows = [_plain(node) for node in root.value]
    try:
        parse(rows, [f"{where} line {node.start_mark.line + 1}" for node in root.value])
    except InputError as error:
        raise AnsibleFilterError(f"redis_waivers: {error}") from error
    return rows


def _plain(node: yaml.Node) -> Any:  # noqa: ANN401 - whatever stands in the file
    # Values stay as they are written: a day is no date, and "no" is no truth value.
    if isinstance(node, yaml.MappingNode):
        return {_plain(key): _plain(value) for key, value in node.value}
    return node.value if isinstance(node, yaml.ScalarNode) else [_plain(part) for part in node.value]


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., list[Any]]]:
        """Return them by name."""
        return {"redis_waivers": redis_waivers}
