"""The metrics of an audit, read by Prometheus' own tool."""

from __future__ import annotations

import subprocess

from ansible_collections.rampart.redis.plugins.module_utils.render.prometheus import render
from ansible_collections.rampart.redis.tests.live.servers import ROOT
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.render.samples import (
    hardened,
    opened,
    unreached,
)


def _complaints(text: str) -> tuple[int, str]:
    promtool = ROOT / ".cache/promtool/promtool"
    done = subprocess.run([str(promtool), "check", "metrics"], input=text, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_promtool_has_no_complaint() -> None:
    assert _complaints(render([opened(), unreached(), {**hardened(), "host": 'a"} 1\nb\\'}])) == (0, "")


def test_promtool_would_complain() -> None:
    status, output = _complaints(render([opened()]).replace("# HELP", "#"))
    assert status != 0
    assert "no help text" in output
