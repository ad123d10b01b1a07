"""A host without cryptography: everything can be imported, check mode predicts, anything else says what to install."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from ansible_collections.rampart.redis.tests.unit.house.tree import ROOT

# A process of its own: here the library was imported long ago.
PROGRAM = """
import json, runpy, sys
sys.modules["cryptography"] = None
runpy.run_path("tests/conftest.py")
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.rampart.redis.plugins.module_utils.errors import MissingLibraryError
from ansible_collections.rampart.redis.plugins.module_utils.glue import Request
from ansible_collections.rampart.redis.plugins.modules import {module}
spec = getattr({module}, "SPEC", None) or {module}.TASK_OPTIONS
params = ArgumentSpecValidator(spec).validate({options!r}).validated_parameters
results = {{}}
for check_mode in (True, False):
    try:
        results[str(check_mode)] = {module}.work(Request(params, check_mode, True))
    except MissingLibraryError as error:
        results[str(check_mode)] = str(error)
print(json.dumps(results))
"""


@pytest.mark.parametrize(
    ("module", "options"),
    [
        ("redis_tls_ca", {"cert_file": "/no/such/c.pem", "key_file": "/no/such/k.pem"}),
        (
            "redis_tls_cert",
            {"certificates": [{"name": "app", "usages": ["client"]}], "directory": "/no/such", "exchange": {}},
        ),
    ],
)
def test_without_the_library(module: str, options: dict[str, object]) -> None:
    program = PROGRAM.format(module=module, options=options)
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    results = json.loads(done.stdout)
    assert (results["True"]["changed"], results["True"]["validated"]) == (True, False)
    assert "cryptography is not installed" in results["True"]["validation"]
    assert "the Python library cryptography is missing" in results["False"]
    assert "python3-cryptography" in results["False"]
