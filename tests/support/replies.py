"""Small replies that the fake index is made of: a part of a file, a validator, nothing found."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from tests.support.http_server import Reply

if TYPE_CHECKING:
    from tests.support.faults import Fault


def partial(data: bytes, wanted: str, headers: list[tuple[str, str]], fault: Fault) -> Reply:
    """Answer a Range header (RFC 9110, 14.2): one range is honoured, several are ignored."""
    first, _, last = wanted.removeprefix("bytes=").partition("-")

    if "," in wanted or not (first or last):
        return Reply(200, data, tuple(headers))

    start = int(first) if first else max(len(data) - int(last), 0)
    stop = min(int(last) + 1, len(data)) if first and last else len(data)

    if start >= stop or fault.get("ranges") == "refuse":
        return Reply(416, headers=(*headers, ("Content-Range", f"bytes */{len(data)}")))

    if fault.get("ranges") == "wrong_offset":
        start, stop = (start - 1, stop - 1) if start else (start + 1, stop)

    position = f"bytes {start}-{stop - 1}/{len(data)}"

    return Reply(206, data[start:stop], (*headers, ("Content-Range", position)))


def etag(body: bytes) -> str:
    """Return a strong validator of ``body``."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def missing() -> Reply:
    """Answer 404."""
    return Reply(404, b"no such thing\n", (("Content-Type", "text/plain"),))
