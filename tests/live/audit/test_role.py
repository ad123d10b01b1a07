"""The role's reporting, as a play runs it: all formats are written and told to the job; only then the play fails."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from ansible_collections.rampart.redis.tests.live.servers import ROOT
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.render.samples import hardened, opened

FORMATS = ("html", "json", "text", "sarif", "junit", "prometheus")


def _play(folder: Path, **variables: Any) -> subprocess.CompletedProcess[str]:  # noqa: ANN401
    """Run the role's second phase for three hosts, of which the last one was lost before it was audited."""
    results = {"redis-1": {"report": opened()}, "redis-3": {"report": hardened()}}
    hosts: dict[str, Any] = {name: {"__redis_audit_result": result} for name, result in results.items()}
    inventory = {
        "all": {
            "vars": {"ansible_connection": "local", "ansible_python_interpreter": sys.executable},
            "children": {"redis": {"hosts": {**hosts, "lost": {}}}},
        }
    }
    tasks = [
        {
            "ansible.builtin.include_role": {"name": "rampart.redis.redis_audit"},
            "vars": {"redis_audit_phase": "report", "redis_audit_report_dir": str(folder / "reports"), **variables},
        }
    ]
    (folder / "inventory.json").write_text(json.dumps(inventory), encoding="utf-8")
    (folder / "play.json").write_text(
        json.dumps([{"hosts": "redis", "gather_facts": False, "tasks": tasks}]), encoding="utf-8"
    )
    return subprocess.run(
        [
            *(str(Path(sys.executable).with_name("ansible-playbook")), "-i", str(folder / "inventory.json")),
            str(folder / "play.json"),
        ],
        cwd=ROOT,
        env={
            **os.environ,
            "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_SHOW_CUSTOM_STATS": "1",
            # The path ends in .json, which Ansible would otherwise take for a list of hosts.
            "ANSIBLE_INVENTORY_ENABLED": "ansible.builtin.yaml",
            "ANSIBLE_YAML_FILENAME_EXT": ".json",
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_everything_is_reported_before_the_play_fails(tmp_path: Path) -> None:
    reports = [{"format": kind, "path": f"audit.{kind}"} for kind in FORMATS]
    reports.append({"format": "json", "path": str(tmp_path / "elsewhere.json")})
    done = _play(tmp_path, redis_audit_reports=reports)
    assert done.returncode != 0
    told = " ".join(done.stdout.split() + done.stderr.split())
    assert "redis-1: high or worse: RDS-NET-003, " in told
    assert "Not audited: lost. The reports are in " in told
    written = {path.name: path for path in (tmp_path / "reports").iterdir()}
    assert set(written) == {f"audit.{kind}" for kind in FORMATS}
    assert {path.stat().st_mode & 0o777 for path in written.values()} == {0o600}
    document = json.loads((tmp_path / "elsewhere.json").read_text())
    assert [report["host"] for report in document["reports"]] == ["redis-1", "redis-3"]
    assert "rampart_redis_audit" in told
    assert "RDS-NET-003" in written["audit.text"].read_text()


def test_never_does_not_fail_even_for_a_lost_host(tmp_path: Path) -> None:
    done = _play(tmp_path, redis_audit_fail_on="never")
    assert done.returncode == 0, done.stdout + done.stderr
    assert {path.name for path in (tmp_path / "reports").iterdir()} == {"report.html", "report.json", "report.txt"}
    assert "not_audited: - lost" in " ".join(done.stdout.split())


def _evaluated(folder: Path, text: str, **variables: Any) -> subprocess.CompletedProcess[str]:  # noqa: ANN401
    """Show a template with the variables of the role, as host ``redis-1``."""
    role = ROOT / "roles" / "redis_audit"
    tasks = [
        {"ansible.builtin.include_vars": str(role / "vars" / "main.yml")},
        {"ansible.builtin.copy": {"content": text, "dest": str(folder / "out.json"), "mode": "0600"}},
    ]
    play = {"hosts": "all", "gather_facts": False, "vars_files": [str(role / "defaults" / "main.yml")], "tasks": tasks}
    (folder / "show.json").write_text(json.dumps([play]), encoding="utf-8")
    (folder / "extra.json").write_text(json.dumps(variables), encoding="utf-8")
    return subprocess.run(
        [
            *(str(Path(sys.executable).with_name("ansible-playbook")), "-i", "redis-1,", "-c", "local"),
            *("-e", f"ansible_python_interpreter={sys.executable}", "-e", f"@{folder}/extra.json"),
            str(folder / "show.json"),
        ],
        cwd=ROOT,
        env={**os.environ, "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"), "ANSIBLE_NOCOLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_host_is_compared_with_its_own_report_of_the_baseline(tmp_path: Path) -> None:
    document = {"schema": "rampart.redis/audit-reports/1", "reports": [opened(), hardened()]}
    (tmp_path / "old.json").write_text(json.dumps(document), encoding="utf-8")
    done = _evaluated(
        tmp_path, "{{ __redis_audit_baseline | to_json }}", redis_audit_baseline=str(tmp_path / "old.json")
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads((tmp_path / "out.json").read_text())
    assert found["schema"] == document["schema"]
    assert [report["host"] for report in found["reports"]] == ["redis-1"]


def test_a_broken_waiver_file_stops_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "waivers.yml"
    path.write_text("- id: NET-004\n  reason: r\n  owner: o\n  expires: 2027-03-31\n- id: NET-005\n", encoding="utf-8")
    done = _evaluated(tmp_path, "{{ redis_audit_waivers | to_json }}", redis_audit_waiver_file=str(path))
    assert done.returncode != 0
    assert f"{path} line 5: reason is missing" in " ".join(done.stdout.split() + done.stderr.split())
