"""What the house tests walk: the files of the checkout, without caches and without asking git."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[3]

# The folders that are ours; everything else at the top of a checkout is a cache, a virtual environment or a build.
FOLDERS = (
    ".ci",
    ".config",
    "changelogs",
    "docs",
    "extensions",
    "inventory",
    "meta",
    "molecule",
    "playbooks",
    "plugins",
    "roles",
    "tests",
    "tools",
)
TOP_FILES = (
    ".ansible-lint",
    ".gitignore",
    ".yamllint",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "Makefile",
    "README.md",
    "ansible.cfg",
    "bindep.txt",
    "constraints-dev.txt",
    "galaxy.yml",
    "pyproject.toml",
    "requirements-dev.txt",
    "requirements.txt",
)
CACHES = {"__pycache__", "output"}


def files(*folders: str, suffix: str = "") -> list[Path]:
    """Return the files below the named folders (all of ours by default) whose name ends with ``suffix``, sorted."""
    found = (path for folder in folders or FOLDERS for path in (ROOT / folder).rglob(f"*{suffix}"))
    return sorted(path for path in found if path.is_file() and not CACHES.intersection(path.parts))


def top_files() -> list[Path]:
    """Return the files at the top of the checkout that belong to it."""
    return [ROOT / name for name in TOP_FILES if (ROOT / name).is_file()]


def name(path: Path) -> str:
    """Return a path as it is written in the docs: relative to the checkout, with slashes."""
    return path.relative_to(ROOT).as_posix()


def read_yaml(path: Path) -> Any:  # noqa: ANN401 - YAML is anything
    """Return the first document of a YAML file."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield every function and method of a module."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node
