"""How the fake index misbehaves on purpose: what a fault is, when it strikes, what it does to a reply.

Pure but for `FaultPlan`, which counts how often each fault may still strike.
"""

from __future__ import annotations

import gzip
import threading
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Literal, TypedDict
from urllib.parse import urlsplit

from tests.support.http_server import BEFORE_HEAD, Delivery, Reply

LOGIN_PAGE = (
    b"<!DOCTYPE html>\n<html><body><form>Welcome to Airport WiFi. Please log in.</form></body></html>\n"
)


class Fault(TypedDict, total=False):
    """The ways to misbehave; they may be joined (``status=200, body=..., truncate=10``)."""

    status: int
    """Answer with this status and a short body."""
    retry_after: str
    """A Retry-After header, sent as it is."""
    body: bytes
    """Answer with this body (status 200 unless ``status`` is given)."""
    content_type: str
    """Replaces the Content-Type."""
    headers: tuple[tuple[str, str], ...]
    """Further headers, duplicates allowed."""
    redirect_to: str
    """Redirect to this address; one without a path keeps the request's own path."""
    login_page: bool
    """A captive portal: HTML with status 200."""
    lie_about_hash: bool
    """Other bytes of the same length."""
    lie_about_size: int
    """Content-Length is the true one plus this."""
    truncate: int
    """Close after so many bytes of the body, having declared all of them."""
    stall: int | bool
    """Fall silent after so many bytes of the body; True: before the head."""
    reset: int | bool
    """Reset the connection after so many bytes of the body; True: before the head."""
    drip: float
    """Send the body byte by byte with so many seconds between."""
    endless: bool
    """Repeat the body until the client hangs up, with no length declared."""
    chunked: bool
    """Use chunked framing; with ``truncate`` the last chunk never comes."""
    gzip: bool
    """Content-Encoding: gzip on anything, asked for or not."""
    ranges: Literal["ignore", "wrong_offset", "refuse"]
    """Answer a Range with 200 and everything, with 206 from another offset, or with 416."""


@dataclass(slots=True)
class _Planned:
    pattern: str
    fault: Fault
    skip: int
    remaining: int | None

    def matches(self, path: str) -> bool:
        return fnmatchcase(path, self.pattern) or fnmatchcase(path.lstrip("/"), self.pattern)


class FaultPlan:
    """Which fault strikes which request; safe to use from every connection's thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._planned: list[_Planned] = []

    def add(self, pattern: str, fault: Fault, times: int | None, after: int) -> None:
        """Plan ``fault`` for ``pattern``: ``times`` times (None: for ever), ``after`` so many answers."""
        with self._lock:
            self._planned.append(_Planned(pattern, fault, after, times))

    def clear(self) -> None:
        """Behave again."""
        with self._lock:
            self._planned.clear()

    def take(self, path: str) -> Fault:
        """Return the first fault that strikes a request for ``path`` (an empty one for none)."""
        with self._lock:
            for planned in self._planned:
                if planned.remaining == 0 or not planned.matches(path):
                    continue

                if planned.skip:
                    planned.skip -= 1
                    continue

                if planned.remaining is not None:
                    planned.remaining -= 1

                return planned.fault

        return {}


def replacement(fault: Fault, path: str) -> Reply | None:
    """Return the reply in place of the right one, or None when the right one is only tampered with."""
    if "redirect_to" in fault:
        target = fault["redirect_to"]

        if not urlsplit(target).path:
            target += path

        return Reply(fault.get("status", 302), headers=(("Location", target),))

    if fault.get("login_page"):
        return Reply(200, LOGIN_PAGE, (("Content-Type", "text/html; charset=utf-8"),))

    if "body" in fault or "status" in fault:
        status = fault.get("status", 200)
        body = fault.get("body", f"answered {status} on purpose\n".encode())

        return Reply(status, body, (("Content-Type", fault.get("content_type", "text/plain")),))

    return None


def tamper(reply: Reply, fault: Fault) -> Reply:
    """Return ``reply`` with the fault's other bytes, headers, framing and delivery."""
    body = reply.body
    headers = reply.headers

    if fault.get("lie_about_hash") and body:
        middle = len(body) // 2
        body = body[:middle] + bytes([body[middle] ^ 0xFF]) + body[middle + 1 :]

    if fault.get("gzip"):
        body = gzip.compress(body, mtime=0)
        headers = (*headers, ("Content-Encoding", "gzip"))

    if "content_type" in fault:
        headers = tuple(header for header in headers if header[0] != "Content-Type")
        headers = (*headers, ("Content-Type", fault["content_type"]))

    if "retry_after" in fault:
        headers = (*headers, ("Retry-After", fault["retry_after"]))

    return replace(
        reply,
        body=body,
        headers=(*headers, *fault.get("headers", ())),
        declared=len(body) + fault["lie_about_size"] if "lie_about_size" in fault else reply.declared,
        chunked=fault.get("chunked", False),
        delivery=_delivery(fault),
    )


def _delivery(fault: Fault) -> Delivery:
    pause = fault.get("drip", 0.0)
    piece = 1 if "drip" in fault else 1 << 16

    if "truncate" in fault:
        return Delivery(fault["truncate"], "close", pause, piece)

    if "stall" in fault:
        return Delivery(_moment(fault["stall"]), "stall", pause, piece)

    if "reset" in fault:
        return Delivery(_moment(fault["reset"]), "reset", pause, piece)

    return Delivery(pause=pause, piece=piece, endless=fault.get("endless", False))


def _moment(moment: int | bool) -> int:
    return BEFORE_HEAD if moment is True else moment
