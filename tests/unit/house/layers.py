"""The layers of the house as a table, and the judge that compares a file's imports and calls with it.

See docs/ARCHITECTURE.md. ``violations(path, source)`` is pure, so the test of the test plants its own sources.
"""

from __future__ import annotations

import ast
import sys
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from ansible_collections.rampart.redis.tests.unit.house.tree import functions

if TYPE_CHECKING:
    from collections.abc import Iterator

COLLECTION = "ansible_collections.rampart.redis."

# Standard library modules that reach out of the process, or bring in what must be an argument (clock, randomness).
OUTSIDE = frozenset(
    {
        "asyncio",
        "ctypes",
        "fcntl",
        "ftplib",
        "getpass",
        "glob",
        "grp",
        "http",
        "imaplib",
        "importlib",
        "locale",
        "logging",
        "mmap",
        "multiprocessing",
        "os",
        "pathlib",
        "pkgutil",
        "platform",
        "poplib",
        "pwd",
        "random",
        "resource",
        "secrets",
        "select",
        "selectors",
        "shutil",
        "signal",
        "smtplib",
        "socket",
        "socketserver",
        "sqlite3",
        "ssl",
        "subprocess",
        "sys",
        "syslog",
        "telnetlib",
        "tempfile",
        "termios",
        "threading",
        "time",
        "urllib",
        "uuid",
        "webbrowser",
    }
)
# Calls that do the same without an import that gives them away.
OUTSIDE_CALLS = frozenset(
    {"open", "print", "input", "eval", "exec", "__import__", "breakpoint"}
    | {
        "datetime.now",
        "datetime.utcnow",
        "datetime.today",
        "date.today",
        "datetime.datetime.now",
        "datetime.datetime.utcnow",
    }
    | {"datetime.date.today", "datetime.datetime.today"}
)


@dataclass(frozen=True)
class Layer:
    """One row of the table.

    ``files``: patterns of its paths. ``own``: patterns of dotted names within the collection that it may import.
    ``foreign``: third-party packages it may import, as dotted prefixes. ``types``: those it may import for annotations.
    ``pure``: no I/O, no clock, no randomness.
    """

    name: str
    files: tuple[str, ...]
    own: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    pure: bool = False


MU = "plugins.module_utils."
ZERO = (f"{MU}errors", f"{MU}versions")
# All of the folder but its client, which does the talking.
CLOUD = tuple(
    f"digitalocean.{part}" for part in ("firewall", "guard", "quarantine", "rules", "topology", "vpc", "wish")
)
# Text, JSON and Prometheus renderers also run on hosts without Ansible, so they live in module_utils and are pure.
PURE = ZERO + tuple(
    f"{MU}{package}*"
    for package in ("acl", "clients", "conf", "firewall", "tls", "audit", "evidence", "render", *CLOUD)
)
IO = tuple(f"{MU}{part}*" for part in ("connection", "shadow", "host", "collect", "digitalocean.client"))


def _pure(package: str, *also: str, foreign: tuple[str, ...] = ()) -> Layer:
    own = ZERO + tuple(f"{MU}{part}*" for part in (package, *also))
    return Layer(f"1 {package}", (f"plugins/module_utils/{package}/*.py",), own, foreign, pure=True)


# The first row whose pattern fits a path counts.
LAYERS = (
    Layer("0", ("plugins/module_utils/errors.py", "plugins/module_utils/versions.py"), ZERO, pure=True),
    _pure("acl"),
    _pure("clients"),
    _pure("conf"),
    _pure("firewall"),
    _pure("tls", foreign=("cryptography",)),
    _pure("audit", "acl", "clients", "conf", "tls"),
    _pure("evidence"),
    _pure("render", "audit"),
    Layer("2 connection", ("plugins/module_utils/connection.py",), PURE + IO, ("redis",)),
    Layer(
        "2 digitalocean", ("plugins/module_utils/digitalocean/client.py",), PURE + IO, ("ansible.module_utils.urls",)
    ),
    _pure("digitalocean"),
    Layer(
        "2",
        ("plugins/module_utils/shadow.py", "plugins/module_utils/host.py", "plugins/module_utils/collect/*.py"),
        PURE + IO,
        types=("cryptography",),
    ),
    Layer("3", ("plugins/module_utils/glue.py",), ZERO, ("ansible.module_utils.basic",)),
    Layer("4 module", ("plugins/modules/*.py",), (*PURE, *IO, f"{MU}glue")),
    Layer("documentation", ("plugins/doc_fragments/*.py",)),
    Layer("controller", ("plugins/plugin_utils/*.py",), (*PURE, "plugins.plugin_utils*"), ("ansible", "jinja2")),
    Layer(
        "controller",
        tuple(f"plugins/{kind}/*.py" for kind in ("action", "callback", "connection", "filter", "lookup", "test")),
        (*PURE, "plugins.plugin_utils*"),
        # yaml is what Ansible itself reads files with; it knows the lines.
        ("ansible", "jinja2", "yaml"),
    ),
)


def layer_of(path: str) -> Layer | None:
    """Return the row for a path such as ``plugins/module_utils/acl/user.py``; None when no row fits."""
    return next((layer for layer in LAYERS for pattern in layer.files if fnmatchcase(path, pattern)), None)


def violations(path: str, source: str) -> list[str]:
    """Return one sentence for everything in ``source`` that its layer may not do."""
    layer = layer_of(path)
    if layer is None:
        return [f"{path}: belongs to no layer; give it a row in tests/unit/house/layers.py and docs/ARCHITECTURE.md"]
    tree = ast.parse(source)
    annotating = _annotating_lines(tree)
    found = [
        f"{path}:{line}: layer {layer.name} may not import {target}"
        for line, target in _imports(path, tree)
        if not _may_import(layer, target, for_types=line in annotating)
    ]
    if layer.pure:
        found += [
            f"{path}:{node.lineno}: layer {layer.name} is pure and may not call {called}"
            for node, called in _calls(tree)
            if called in OUTSIDE_CALLS
        ]
    return found


def handler_violations(path: str, source: str) -> list[str]:
    """Return one sentence for every handler that swallows bugs, such as ``except Exception``."""
    return [
        f"{path}:{node.lineno}: catches everything; name the errors you expect"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ExceptHandler) and _catches_everything(node.type)
    ]


def fail_json_places(path: str, source: str) -> set[str]:
    """Return ``path:function`` for every place that mentions ``fail_json``; outside a function it is ``path:``."""
    tree = ast.parse(source)
    inside = {id(child): function.name for function in functions(tree) for child in ast.walk(function)}
    return {
        f"{path}:{inside.get(id(node), '')}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr.startswith("fail_json")
    }


def _catches_everything(caught: ast.expr | None) -> bool:
    if isinstance(caught, ast.Tuple):
        return any(_catches_everything(item) for item in caught.elts)
    return caught is None or _dotted(caught).rpartition(".")[2] in {"Exception", "BaseException"}


def _may_import(layer: Layer, target: str, *, for_types: bool) -> bool:
    if target.startswith("plugins.") or target == "plugins":
        return any(_fits(target, pattern) for pattern in layer.own)
    top = target.partition(".")[0]
    if top in sys.stdlib_module_names:
        return not (layer.pure and top in OUTSIDE)
    foreign = layer.foreign + (layer.types if for_types else ())
    return any(target == allowed or target.startswith(f"{allowed}.") for allowed in foreign)


def _annotating_lines(tree: ast.AST) -> set[int]:
    """Return the lines below ``if TYPE_CHECKING:``."""
    blocks = [node for node in ast.walk(tree) if isinstance(node, ast.If) and _dotted(node.test) == "TYPE_CHECKING"]
    return {
        node.lineno for block in blocks for child in block.body for node in ast.walk(child) if hasattr(node, "lineno")
    }


def _fits(target: str, pattern: str) -> bool:
    # "plugins.module_utils.acl*" is the package and what lies in it, not a neighbour whose name begins alike.
    base = pattern.rstrip("*")
    return target == base or target.startswith(f"{base}.")


def _imports(path: str, tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield (line, dotted name), ours as ``plugins...``; those for type checkers count, since Ansible ships them."""
    folder = path.split("/")[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name.removeprefix(COLLECTION)
        elif isinstance(node, ast.ImportFrom):
            base = (node.module or "").removeprefix(COLLECTION)
            if node.level:
                above = folder[: len(folder) - node.level + 1]
                base = ".".join([*above, *filter(None, [node.module])])
            for alias in node.names:
                yield node.lineno, _target(base, alias.name)


def _target(base: str, name: str) -> str:
    # `from .. import connection` imports the module, `from ..errors import InputError` a name in it: both shall end
    # as the module's name; so shall `from ansible.module_utils import urls` and `... .urls import open_url`.
    holders = {
        "plugins",
        "plugins.module_utils",
        "plugins.modules",
        "plugins.plugin_utils",
        "plugins.module_utils.digitalocean",
    }
    is_holder = base in holders or base in {"ansible", "ansible.module_utils"}
    return f"{base}.{name}" if is_holder else base


def _calls(tree: ast.AST) -> Iterator[tuple[ast.Call, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node, _dotted(node.func)


def _dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""
