"""Let something happen on the host just as a task begins there.

``RAMPART_AT`` names the task, ``RAMPART_ON`` the container; ``RAMPART_DO`` is the shell script that is run in it, once.
"""

from __future__ import annotations

import os
import subprocess
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: at_task
type: aggregate
author: The rampart.redis contributors (@rampart-redis)
short_description: Let something happen on the host as a task begins
description: For the test that a host on which something goes wrong half-way is finished by the next run.
"""


class CallbackModule(CallbackBase):  # type: ignore[misc]  # ansible has no types
    """Wait for one task."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "at_task"
    CALLBACK_NEEDS_ENABLED = False

    def __init__(self) -> None:
        super().__init__()
        self._task = os.environ.get("RAMPART_AT", "")

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:  # noqa: ANN401, ARG002 - the base class's signature
        """Run the script if it is this one's turn; the test looks whether it was."""
        if not self._task or task.name != self._task:
            return
        self._task = ""
        words = ["docker", "exec", "-i", os.environ["RAMPART_ON"], "sh", "-eu"]
        subprocess.run(words, input=os.environ["RAMPART_DO"], text=True, check=True, capture_output=True)
