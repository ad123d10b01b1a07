"""The conversation with DigitalOcean's API: https, pages, limits of rate, and what to do when an answer is lost.

Reading and replacing are repeated when something goes wrong, since twice is as good as once. Creating is not: the
answer may have been lost after the work was done. Then ``UncertainError`` is raised, and the caller looks whether the
thing is there.
"""

from __future__ import annotations

import http.client
import ipaddress
import json
import re
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from ansible.module_utils.urls import ConnectionError as NoConnectionError
from ansible.module_utils.urls import open_url

from ..errors import InputError, LoginError, RampartError, ServerRefusedError, UncertainError, UnreachableError

# The most the API gives out; it may give fewer.
PAGE_SIZE = 200
MOST_PAGES = 500
MOST_BYTES = 32 * 1024 * 1024
# Longer than this nobody waits for a limit of rate in a playbook.
LONGEST_WAIT = 120
UNTOLD_WAIT = 5.0
TOO_MANY, SERVER_FAULT = 429, 500
LONGEST_MESSAGE = 300
# The work of creating is not repeated, since it may have been done.
ONCE = "POST"
HINTS = {
    400: "",
    401: "Make a token with the scopes firewall, tag:read and droplet:read, and set DIGITALOCEAN_ACCESS_TOKEN",
    403: "Give the token that scope; a custom token needs firewall, tag and droplet:read",
    404: "Somebody may have deleted it meanwhile; run again",
    409: "Somebody else may have made one of that name meanwhile; run again",
}


class LostAnswerError(RampartError):
    """No answer, or one that cannot be read."""


class HiddenError(ServerRefusedError):
    """The token may not see or do this."""


KINDS: Mapping[int, type[RampartError]] = {401: LoginError, 403: HiddenError}


@dataclass(frozen=True)
class Access:
    """How to reach the API. ``timeout``: seconds for each step of a request; ``retries``: how often one is repeated."""

    url: str
    token: str = field(repr=False)
    ca_certs: str | None = None
    timeout: float = 30.0
    retries: int = 4


@dataclass(frozen=True)
class Answer:
    """A status, headers with names in lower case, and the JSON object of the body."""

    status: int
    headers: Mapping[str, str]
    body: Mapping[str, Any]


def access_of(params: Mapping[str, Any]) -> Access:
    """Return how a module's options say to reach the API.

    :raises InputError: the address is not https; plain http is for a test server on this machine only.
    """
    parts = urlsplit(params["api_url"])
    host = parts.hostname or ""
    if not host or parts.query or parts.username or parts.scheme not in {"https", "http"}:
        raise InputError("it must be an address such as https://api.digitalocean.com", where="api_url")
    if parts.scheme == "http" and not _is_loopback(host):
        raise InputError("the token would cross the network in plain text", where="api_url", hint="Use https")
    if not params["api_token"].strip() or not params["api_token"].isprintable() or " " in params["api_token"]:
        raise InputError("it is empty, or has spaces or line ends in it", where="api_token")
    return Access(
        params["api_url"].rstrip("/"),
        params["api_token"],
        params.get("ca_certs"),
        float(params["timeout"]),
        max(0, int(params["retries"])),
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Client:
    """One conversation, with one token."""

    def __init__(self, access: Access) -> None:
        self.access = access
        self.host = urlsplit(access.url).netloc

    def call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, *, accept: Collection[int] = ()
    ) -> Answer:
        """Return the answer to one request; errors of the statuses in ``accept`` are answers too.

        :raises UncertainError: something was to be created, and whether it was is not known.
        :raises RampartError: the API refused, or could not be reached.
        """
        left = self.access.retries
        while True:
            answer, why, wait = self._try(method, path, body)
            if answer is not None and answer.status not in (TOO_MANY, *range(SERVER_FAULT, 600)):
                return self._judged(answer, f"{method} {path}", accept)
            refused_before_work = answer is not None and answer.status == TOO_MANY
            if method == ONCE and not refused_before_work:
                raise UncertainError(f"{method} {path}: {why}, so it is not known whether it was done", where=self.host)
            if left <= 0 or wait > LONGEST_WAIT:
                when = (
                    f"it asks to wait {wait:.0f} seconds"
                    if wait > LONGEST_WAIT
                    else f"{self.access.retries} more tries did not help"
                )
                raise UnreachableError(f"{method} {path}: {why}; {when}", where=self.host, hint="Run again later")
            time.sleep(wait if refused_before_work else min(wait * 2 ** (self.access.retries - left), LONGEST_WAIT))
            left -= 1

    def listed(self, path: str, key: str, *, accept: Collection[int] = (), **query: str) -> Iterator[Mapping[str, Any]]:
        """Yield the objects of all pages; those that move from page to page meanwhile come once.

        There are none where the API answers with an error whose status is in ``accept``.
        """
        page, seen = "1", set()
        for _page in range(MOST_PAGES):
            asked = urlencode({**query, "page": page, "per_page": str(PAGE_SIZE)})
            answer = self.call("GET", f"{path}?{asked}", accept=accept)
            if key not in answer.body and answer.status not in accept:
                # What is not there would be taken for what does not exist.
                raise UnreachableError(f"GET {path}: the answer has no {key} in it", where=self.host)
            for item in answer.body.get(key) or ():
                name = item.get("id", item.get("name"))
                if name not in seen:
                    seen.add(name)
                    yield item
            page = _next_page(answer.body)
            if not page:
                return
        raise UnreachableError(f"GET {path}: more than {MOST_PAGES} pages", where=self.host)

    def _try(self, method: str, path: str, body: Mapping[str, Any] | None) -> tuple[Answer | None, str, float]:
        """Return the answer, or why there is none of use, and how long to wait before the next try."""
        try:
            answer = self._request(method, path, body)
        except LostAnswerError as error:
            return None, error.what, 1.0
        if answer.status == TOO_MANY:
            return answer, "the limit of requests is used up", _pause(answer.headers, time.time())
        return answer, f"it answers {answer.status}{self._message(answer)}", 1.0

    def _request(self, method: str, path: str, body: Mapping[str, Any] | None) -> Answer:
        try:
            # Redirects are not followed and .netrc is not read: the token goes to this host, and no other one to it.
            response = open_url(
                f"{self.access.url}{path}",
                data=None if body is None else json.dumps(body).encode(),
                headers={"Authorization": f"Bearer {self.access.token}", "Content-Type": "application/json"},
                method=method,
                timeout=self.access.timeout,
                ca_path=self.access.ca_certs,
                http_agent="rampart.redis",
                follow_redirects="none",
                use_netrc=False,
            )
        except HTTPError as error:
            response = error
        except (URLError, NoConnectionError, OSError, http.client.HTTPException) as error:
            raise LostAnswerError(f"no answer ({_one_line(str(getattr(error, 'reason', error)))})") from error
        return _read(response)

    def _judged(self, answer: Answer, what: str, accept: Collection[int]) -> Answer:
        if 200 <= answer.status < 300 or answer.status in accept:  # noqa: PLR2004 - success, in HTTP
            return answer
        text = f"{what}: it answers {answer.status}{self._message(answer)}"
        raise KINDS.get(answer.status, ServerRefusedError)(text, where=self.host, hint=HINTS.get(answer.status, ""))

    def _message(self, answer: Answer) -> str:
        message = _one_line(str(answer.body.get("message") or ""))
        return f" ({message.replace(self.access.token, '...')})" if message else ""


def path_of(*parts: object) -> str:
    """Return a path of version 2 of the API; what stands in ``parts`` cannot break out of its place."""
    return "/".join(["/v2", *(quote(str(part), safe="") for part in parts)])


def _read(response: Any) -> Answer:  # noqa: ANN401 - a response of urllib or an HTTPError
    status = int(response.status if hasattr(response, "status") else response.code)
    try:
        raw = response.read(MOST_BYTES)
    except (OSError, http.client.HTTPException) as error:
        raise LostAnswerError(f"the answer broke off ({_one_line(str(error))})") from error
    headers = {name.lower(): value for name, value in response.headers.items()}
    try:
        body = json.loads(raw) if raw.strip() else {}
    except ValueError as error:
        if status >= 400:  # noqa: PLR2004 - the status says enough; what stands before the API may answer in HTML
            return Answer(status, headers, {})
        raise LostAnswerError("the answer is not whole, or not JSON") from error
    return Answer(status, headers, body if isinstance(body, Mapping) else {})


def _next_page(body: Mapping[str, Any]) -> str:
    """Return the number of the next page; of the link only that is used, so no answer can send the token elsewhere."""
    link = ((body.get("links") or {}).get("pages") or {}).get("next") or ""
    return (parse_qs(urlsplit(link).query).get("page") or [""])[0]


def _pause(headers: Mapping[str, str], now: float) -> float:
    """Return how many seconds to wait when the limit of requests is used up.

    The burst limit says how long (``retry-after``); the hourly one says until when (``ratelimit-reset``, seconds since
    1970).
    """
    for name, since in (("retry-after", 0.0), ("ratelimit-reset", now)):
        if re.fullmatch(r"\d+(\.\d+)?", headers.get(name, "")):
            return max(1.0, float(headers[name]) - since)
    return UNTOLD_WAIT


def _one_line(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)[:LONGEST_MESSAGE].strip()
