"""Core metadata as text: headers as in a mail (RFC 822, with values in UTF-8), and a description below them.

`email` reads a description line by line and takes longer to load than all else that a command reads. What is
malformed is left out here; whether a wheel's document is well-formed is asked when it is unpacked.
"""

from __future__ import annotations

import re

_BLANK_LINES = (b"\n\n", b"\r\n\r\n")
_HEADER_LINE = re.compile(rb"([!-9;-~]+):[^\r]*\r?")
_WEIGHTY = frozenset({b"name", b"version", b"requires-python", b"requires-dist", b"provides-extra"})
"""The fields that a resolution rests on."""
_HEADER = re.compile(r"^([!-9;-~]+)[ \t]*:[ \t]*(.*(?:\n[ \t].*)*)", re.MULTILINE)


def split(document: bytes) -> tuple[bytes, bytes]:
    """Return what is above the first blank line, and what is below it."""
    ends = [(place, len(line)) for line in _BLANK_LINES if (place := document.find(line)) >= 0]
    place, length = min(ends, default=(len(document), 0))

    return document[:place], document[place + length :]


def lead_to_the_same(document: bytes, other: bytes) -> bool:
    """Tell whether no parser can find two documents to differ in what a resolution rests on.

    Their headers are the same, line by line and byte for byte, but for what other fields say on one line.
    """
    head, other_head = split(document)[0].rstrip(), split(other)[0].rstrip()

    if head == other_head:
        return True

    lines, others = head.split(b"\n"), other_head.split(b"\n")

    return len(lines) == len(others) and all(
        line == changed or ((field := _field_of_no_weight(line)) and field == _field_of_no_weight(changed))
        for line, changed in zip(lines, others, strict=True)
    )


def _field_of_no_weight(line: bytes) -> bytes | None:
    found = _HEADER_LINE.fullmatch(line)

    return None if found is None or found[1].lower() in _WEIGHTY else found[1]


def headers_in(head: bytes) -> list[tuple[str, str]]:
    """Return names in lower case and values, in their order; folded values keep their line ends.

    A line that is neither a header nor the continuation of one is ignored.
    """
    text = head.decode("utf-8", "replace").replace("\r\n", "\n")

    return [(name.lower(), value) for name, value in _HEADER.findall(text)]


def unfolded(value: str) -> str:
    """Return a value on one line."""
    return " ".join(value.split()) if "\n" in value else value.strip()
