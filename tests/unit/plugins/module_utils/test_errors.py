"""Errors are one sentence for a person: where, what, what next."""

from __future__ import annotations

import pytest
from ansible_collections.rampart.redis.plugins.module_utils import errors


@pytest.mark.parametrize(
    ("what", "where", "hint", "text"),
    [
        ("it is broken", "", "", "it is broken"),
        ("it is broken", "users.acl line 4", "", "users.acl line 4: it is broken"),
        ("it is broken", "users.acl line 4", "Mend it", "users.acl line 4: it is broken. Mend it"),
        ("it is broken", "", "Mend it", "it is broken. Mend it"),
    ],
)
def test_sentence(what: str, where: str, hint: str, text: str) -> None:
    assert str(errors.RampartError(what, where=where, hint=hint)) == text


def test_a_missing_library_names_the_package() -> None:
    error = errors.MissingLibraryError("redis", "python3-redis", "Traceback ...")
    assert "python3-redis" in str(error)
    assert error.detail == "Traceback ..."


def test_every_error_is_caught_by_the_runner() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    assert len(kinds) > 1
    assert all(issubclass(kind, errors.RampartError) for kind in kinds)
    assert issubclass(errors.LoginError, errors.UnreachableError)
