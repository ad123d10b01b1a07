# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the demo reads out of ansible-playbook's output."""

from __future__ import annotations

import pytest

from tools.demo.recap import counts, task_name


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("TASK [rampart.redis.redis_acl : Install the users] ****", "redis_acl : Install the users"),
        ("TASK [Gathering Facts] ********", "Gathering Facts"),
        ("RUNNING HANDLER [rampart.redis.redis_host : Reload units] ***", "redis_host : Reload units"),
        ("ok: [rampart-demo]", None),
        ("PLAY [Harden the servers] ****", None),
    ],
)
def test_task_name(line: str, name: str | None) -> None:
    assert task_name(line) == name


def test_counts() -> None:
    lines = [
        "PLAY RECAP *****",
        "localhost                  : ok=1    changed=0    unreachable=0    failed=0",
        "rampart-demo               : ok=45   changed=12   unreachable=0    failed=0    skipped=3",
    ]
    assert counts(lines) == {
        "localhost": {"ok": 1, "changed": 0, "unreachable": 0, "failed": 0},
        "rampart-demo": {"ok": 45, "changed": 12, "unreachable": 0, "failed": 0, "skipped": 3},
    }
