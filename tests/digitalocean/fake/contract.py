"""Checks requests and answers against ``contract.yml``."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from openapi_core import OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest, MockResponse

if TYPE_CHECKING:
    from collections.abc import Mapping

HOST = "https://api.digitalocean.com"


@cache
def _contract() -> OpenAPI:
    text = Path(__file__).with_name("contract.yml").read_text(encoding="utf-8")
    return OpenAPI.from_dict(yaml.safe_load(text))


def _request(method: str, path: str, query: Mapping[str, str], body: bytes) -> MockRequest:
    return MockRequest(HOST, method, path, args=dict(query), data=body)


def request_faults(method: str, path: str, query: Mapping[str, str], body: bytes) -> list[str]:
    """Return what is wrong with a request."""
    request = _request(method, path, query, body)
    try:
        _contract().validate_request(request)
    except OpenAPIError as error:
        return [_told(f"{method} {path}", error)]
    # The reference knows no other parameters; the contract's own do not forbid them.
    strange = sorted(set(query) - {"page", "per_page", "tag_name"})
    return [f"{method} {path}: unknown parameters {strange}"] if strange else []


def answer_faults(method: str, path: str, query: Mapping[str, str], status: int, answer: bytes) -> list[str]:
    """Return what is wrong with an answer."""
    try:
        # A request that is wrong by itself may still get a right answer, so its body plays no part here.
        _contract().validate_response(_request(method, path, query, b""), MockResponse(answer, status))
    except OpenAPIError as error:
        return [_told(f"{method} {path} -> {status}", error)]
    return []


def _told(what: str, error: OpenAPIError) -> str:
    cause = error.__cause__
    inner = "; ".join(str(one).splitlines()[0] for one in getattr(cause, "schema_errors", ()))
    return f"{what}: {error} {inner or cause or ''}".strip()
