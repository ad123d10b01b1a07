"""Kill the controller with SIGKILL when the task numbered ``RAMPART_KILL_AT`` of the play's own tasks begins.

The number of tasks is written to ``RAMPART_TASKS`` when the run ends by itself.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: kill_at
type: aggregate
author: The rampart.redis contributors (@rampart-redis)
short_description: Kill the controller at a task
description: For the test that a run which died is finished by the next one.
"""


class CallbackModule(CallbackBase):  # type: ignore[misc]  # ansible has no types
    """Count tasks, and die at one."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "kill_at"
    CALLBACK_NEEDS_ENABLED = False

    def __init__(self) -> None:
        super().__init__()
        self._count = 0
        self._fatal = int(os.environ.get("RAMPART_KILL_AT", "0"))

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:  # noqa: ANN401, ARG002 - the base class's signature
        """Die here, as a machine does that loses its power."""
        self._count += 1
        if self._count == self._fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    def v2_playbook_on_stats(self, stats: Any) -> None:  # noqa: ANN401, ARG002 - the base class's signature
        """Say how many tasks there were."""
        if "RAMPART_TASKS" in os.environ:
            Path(os.environ["RAMPART_TASKS"]).write_text(str(self._count), encoding="ascii")
