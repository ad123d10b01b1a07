"""Module ``redis_auditor``: one file that audits without Ansible."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest
from ansible_collections.rampart.redis.plugins.modules import redis_auditor
from ansible_collections.rampart.redis.tests.runner import succeed

if TYPE_CHECKING:
    from pathlib import Path

# Finds neither Ansible nor this checkout, and says so when something wants them.
ISOLATED = "import runpy, sys; sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "audit.pyz"
    assert succeed(redis_auditor, {"path": str(path), "owner": str(os.getuid())})["changed"]
    return path


def test_the_second_run_changes_nothing(program: Path) -> None:
    before = program.stat()
    assert not succeed(redis_auditor, {"path": str(program), "owner": str(os.getuid())})["changed"]
    assert program.stat().st_ino == before.st_ino
    assert before.st_mode & 0o777 == 0o755


def test_check_mode_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "audit.pyz"
    assert succeed(redis_auditor, {"path": str(path), "owner": str(os.getuid())}, check_mode=True)["changed"]
    assert not path.exists()


def test_what_speaks_to_ansible_is_not_in_it(program: Path) -> None:
    with zipfile.ZipFile(program) as archive:
        names = archive.namelist()
        texts = [archive.read(name).decode() for name in names]
    assert not [name for name in names if "glue" in name or "/modules/" in name]
    assert not [text for text in texts if "import ansible.\n" in text or "from ansible." in text]


def test_it_audits_without_ansible(program: Path, tmp_path: Path) -> None:
    options = tmp_path / "options.json"
    options.write_text(
        '{"login_host": "127.0.0.1", "login_port": 1, "tls": false, "sections": ["server"], "name": "db1"}'
    )
    done = _run(program, str(options))
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith("db1  127.0.0.1:1  ")
    assert done.stderr.startswith("redis-audit: db1: no answer from the server: ")


def _run(program: Path, *words: str) -> subprocess.CompletedProcess[str]:
    # -I: neither the environment nor the current folder adds to the path; the site packages have the library redis.
    blocked = "import sys; sys.modules['ansible'] = None; "
    return subprocess.run(
        [sys.executable, "-I", "-c", blocked + ISOLATED, str(program), *words],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        timeout=60,
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "options.json: there is no such file"),
        ("{\n  nothing\n}", "options.json: not JSON: Expecting property name enclosed in double quotes: line 2"),
        ("[]", "options.json: not an object of options"),
        ('{"login_hots": "x"}', "options.json: unknown option 'login_hots'. Known are login_host, "),
        ('{"fail_on": "urgent"}', "options.json: fail_on is 'urgent', not one of critical, high, "),
        ('{"reports": [{"format": "pdf", "path": "x"}]}', "options.json: a report that cannot be written: "),
        ('{"include": ["NET-05"]}', "include: unknown check 'NET-05'. Did you mean 'NET-005'?"),
    ],
)
def test_bad_options_are_named(program: Path, tmp_path: Path, text: str | None, message: str) -> None:
    options = tmp_path / "options.json"
    if text is not None:
        options.write_text(text)
    done = _run(program, str(options))
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr


def test_it_wants_one_file(program: Path) -> None:
    assert "usage: redis-audit.pyz OPTIONS.json" in _run(program).stderr
