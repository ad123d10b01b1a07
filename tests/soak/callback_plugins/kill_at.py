"""Kill the controller with SIGKILL at the task numbered ``RAMPART_KILL_AT``, ``RAMPART_KILL_AFTER`` seconds into it.

Without a delay the task has not begun on the host; with one, its module is at work there and is left alone with it.
With ``RAMPART_KILL_CHANGED`` it dies at the first task after one that changed something.
When a run ends by itself its tasks are written to ``RAMPART_TASKS``: a list of the numbers of those that changed
something, and the number of all.
"""

from __future__ import annotations

import json
import os
import signal
import threading
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


def _die() -> None:
    """Die as a machine does that loses its power."""
    os.kill(os.getpid(), signal.SIGKILL)


class CallbackModule(CallbackBase):  # type: ignore[misc]  # ansible has no types
    """Count tasks and handlers, and die at one."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "kill_at"
    CALLBACK_NEEDS_ENABLED = False

    def __init__(self) -> None:
        super().__init__()
        self._count = 0
        self._changed: set[int] = set()
        self._fatal = int(os.environ.get("RAMPART_KILL_AT", "0"))
        self._delay = float(os.environ.get("RAMPART_KILL_AFTER", "0"))
        self._after_change = bool(os.environ.get("RAMPART_KILL_CHANGED"))

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:  # noqa: ANN401, ARG002 - the base class's signature
        """Count, and die if it is this one's turn."""
        self._count += 1
        if self._after_change and self._changed:
            _die()
        if self._count != self._fatal:
            return
        if not self._delay:
            _die()
        timer = threading.Timer(self._delay, _die)
        timer.daemon = True
        timer.start()

    def v2_playbook_on_handler_task_start(self, task: Any) -> None:  # noqa: ANN401 - the base class's signature
        """Treat a handler as a task."""
        self.v2_playbook_on_task_start(task, is_conditional=False)

    def v2_runner_on_ok(self, result: Any) -> None:  # noqa: ANN401 - the base class's signature
        """Note which tasks changed something."""
        if result.is_changed():
            self._changed.add(self._count)

    def v2_playbook_on_stats(self, stats: Any) -> None:  # noqa: ANN401, ARG002 - the base class's signature
        """Say what there was."""
        if "RAMPART_TASKS" in os.environ:
            tasks = {"all": self._count, "changed": sorted(self._changed)}
            Path(os.environ["RAMPART_TASKS"]).write_text(json.dumps(tasks), encoding="ascii")
