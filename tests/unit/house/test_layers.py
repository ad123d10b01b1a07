"""The house test: every file keeps to its layer, and the test itself is shown to catch what it is for."""

from __future__ import annotations

import pytest
from ansible_collections.rampart.redis.tests.unit.house.layers import (
    fail_json_places,
    handler_violations,
    layer_of,
    violations,
)
from ansible_collections.rampart.redis.tests.unit.house.tree import files, name

PLUGINS = {name(path): path.read_text(encoding="utf-8") for path in files("plugins", suffix=".py")}
PYTHON = {name(path): path.read_text(encoding="utf-8") for path in files(suffix=".py")}


@pytest.mark.parametrize("path", sorted(PLUGINS))
def test_a_file_keeps_to_its_layer(path: str) -> None:
    assert violations(path, PLUGINS[path]) == []


@pytest.mark.parametrize("path", sorted(PYTHON))
def test_no_handler_swallows_bugs(path: str) -> None:
    assert handler_violations(path, PYTHON[path]) == []


def test_there_is_one_fail_json() -> None:
    places: set[str] = set()
    for path, source in PLUGINS.items():
        places |= fail_json_places(path, source)
    assert places == {"plugins/module_utils/glue.py:run"}


ACL = "plugins/module_utils/acl/user.py"
MODULE = "plugins/modules/redis_acl.py"


@pytest.mark.parametrize(
    ("path", "source"),
    [
        # I/O, clock, randomness and Ansible in the pure layers
        *[
            (ACL, f"import {module}")
            for module in (
                "ansible",
                "redis",
                "socket",
                "ssl",
                "subprocess",
                "os.path",
                "pathlib",
                "time",
                "random",
                "secrets",
            )
        ],
        (ACL, "from pathlib import Path"),
        (ACL, "def f():\n    import os"),
        (ACL, "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from pathlib import Path"),
        (ACL, "from datetime import datetime\nnow = datetime.now()"),
        (ACL, "import datetime\nnow = datetime.datetime.now(datetime.timezone.utc)"),
        (ACL, "import datetime\nnow = datetime.datetime.utcnow()"),
        (ACL, "text = open('/etc/redis/redis.conf').read()"),
        (ACL, "print('hello')"),
        ("plugins/module_utils/errors.py", "import os"),
        ("plugins/module_utils/errors.py", "from .acl import user"),
        ("plugins/module_utils/render/text.py", "from ansible.module_utils.basic import AnsibleModule"),
        # pure packages that may not know one another
        (ACL, "from ..conf import syntax"),
        (ACL, "from ..audit.report import table"),
        (ACL, "from cryptography import x509"),
        ("plugins/module_utils/conf/syntax.py", "from ..acl.user import AclUser"),
        ("plugins/module_utils/tls/issue.py", "from ..acl import user"),
        ("plugins/module_utils/audit/checks/acl.py", "from cryptography import x509"),
        # imports that point up
        (ACL, "from .. import connection"),
        (ACL, "from ..connection import Server"),
        (ACL, "from ansible_collections.rampart.redis.plugins.module_utils.host import replace"),
        ("plugins/module_utils/audit/checks/acl.py", "from ...collect.config import read"),
        ("plugins/module_utils/connection.py", "from .glue import run"),
        ("plugins/module_utils/shadow.py", "import redis"),
        ("plugins/module_utils/host.py", "from ansible.module_utils.basic import AnsibleModule"),
        ("plugins/module_utils/collect/pairs.py", "from cryptography.x509 import Certificate"),
        ("plugins/module_utils/collect/files.py", "from ansible.module_utils import urls"),
        ("plugins/module_utils/glue.py", "from .connection import connect"),
        ("plugins/module_utils/glue.py", "from .acl import user"),
        ("plugins/module_utils/glue.py", "from ansible.module_utils.urls import open_url"),
        # modules stand beside one another and above the glue
        (MODULE, "from . import redis_config"),
        (MODULE, "from .redis_config import work"),
        (MODULE, "from ..modules.redis_config import work"),
        (MODULE, "import redis"),
        (MODULE, "from ansible.module_utils.basic import AnsibleModule"),
        (MODULE, "from ..plugin_utils import report"),
        # the controller does no I/O on servers
        ("plugins/filter/redis_report.py", "from ..module_utils.connection import connect"),
        ("plugins/action/redis_tls_cert.py", "from ..module_utils.host import replace"),
        ("plugins/plugin_utils/render/html.py", "from ...module_utils.collect import config"),
        ("plugins/plugin_utils/render/html.py", "import requests"),
        # nobody stands outside
        ("plugins/module_utils/helpers.py", "x = 1"),
        ("plugins/inventory/fleet.py", "x = 1"),
    ],
)
def test_a_planted_violation_is_caught(path: str, source: str) -> None:
    assert len(violations(path, source)) == 1


@pytest.mark.parametrize(
    ("path", "source"),
    [
        (ACL, "import re\nfrom ..errors import InputError\nfrom .rules import parse\nfrom . import tokens"),
        (ACL, "from datetime import datetime, timezone\nsoon = datetime.fromtimestamp(0, timezone.utc)"),
        (ACL, "def known(self):\n    return self.now()"),
        (
            "plugins/module_utils/tls/issue.py",
            "from cryptography import x509\nfrom cryptography.hazmat.primitives import hashes",
        ),
        (
            "plugins/module_utils/audit/checks/acl.py",
            "from ...acl.user import AclUser\nfrom ..check import Family\nfrom ...conf import values",
        ),
        ("plugins/module_utils/connection.py", "import socket\nfrom redis import connection"),
        ("plugins/module_utils/collect/files.py", "import os\nfrom ..host import read_text\nfrom ..conf import syntax"),
        ("plugins/module_utils/collect/pairs.py", "if TYPE_CHECKING:\n    from cryptography.x509 import Certificate"),
        (
            "plugins/module_utils/glue.py",
            "from ansible.module_utils.basic import AnsibleModule\nfrom .errors import RampartError",
        ),
        (MODULE, "import os\nfrom ..module_utils.glue import run\nfrom ..module_utils.acl.user import AclUser"),
        (MODULE, "from ..module_utils import host, shadow"),
        (
            "plugins/action/redis_tls_cert.py",
            "from ansible.plugins.action import ActionBase\nfrom ..module_utils.tls import issue",
        ),
        ("plugins/filter/redis_report.py", "import jinja2\nfrom ..plugin_utils.render import html"),
    ],
)
def test_what_is_allowed_passes(path: str, source: str) -> None:
    assert violations(path, source) == []


@pytest.mark.parametrize(
    ("caught", "count"),
    [
        ("", 1),
        ("Exception", 1),
        ("BaseException as error", 1),
        ("(OSError, Exception)", 1),
        ("builtins.Exception", 1),
        ("OSError", 0),
        ("(OSError, ValueError)", 0),
        ("MyException", 0),
    ],
)
def test_a_planted_handler_is_caught(caught: str, count: int) -> None:
    assert len(handler_violations("x.py", f"try:\n    work()\nexcept {caught}:\n    raise")) == count


def test_a_planted_fail_json_is_caught() -> None:
    source = "def main():\n    module.fail_json(msg='no')\n\nfail = module.fail_json_aux"
    assert fail_json_places("x.py", source) == {"x.py:main", "x.py:"}


def test_every_plugin_folder_has_a_layer() -> None:
    # A new kind of plugin must be given a place on purpose.
    assert [path for path in PLUGINS if layer_of(path) is None] == []
