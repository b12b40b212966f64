"""Makes a change of an environment again that a command has made before, without the thinking.

What the command looked at in the environment itself counts by what is in it (`zephyr.memo.sights`), all
else by its status, as for an answer. A memo of a change is a record like that of an answer. Its data are the
SipHash and the length of the head (8 and 4 bytes), the head and the body, by marshal. The head has the
second digest of the question, the times, the witnesses, the sights, what was said (durations left out) and
the SipHash of the body: the change itself, of which nothing is known here.
"""

from __future__ import annotations

import gc
import marshal
import time
from _imp import source_hash

from zephyr.memo.answer import BODY, CHECK, change_path, hold, own_record, print_bytes
from zephyr.memo.sights import are_as_before, is_below

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import Any

    from zephyr.memo.answer import Repeat, Witness
    from zephyr.memo.sights import Sight

    Told = tuple[int, list[bytes]]
    """A descriptor, and the text that goes there, parted where a duration stood."""
    Known = tuple[float, float, list[Witness], list[Sight], list[Told]]

_HEAD = 12


def packed_change(question: bytes, known: Known, change: tuple[Any, ...]) -> bytes:
    """Return the data of a memo. Raises `ValueError` for what `marshal` does not take."""
    body = marshal.dumps(change)
    head = marshal.dumps((source_hash(CHECK, question), *known, source_hash(BODY, body)))

    return b"".join([source_hash(BODY, head), len(head).to_bytes(4, "big"), head, body])


def parted(text: bytes, durations: Collection[str]) -> list[bytes]:
    """Part what was said where it tells of a duration."""
    for duration in durations:
        before, found, after = text.partition(f" in {duration}".encode())

        if found:
            return [before + b" in ", after]

    return [text]


def done_again(words: list[str], question: bytes, repeat: Repeat) -> int | None:
    """Let ``repeat`` make the change of the question's memo, and say what was said; return the exit code.

    None where there is no such memo, or it does not hold: nothing has been done then.
    """
    begin = time.monotonic()
    gc.disable()  # there are very many values, and none goes before the end

    try:
        sights, told, change = _still_possible(words, question)
    except (OSError, ValueError, EOFError, TypeError):
        gc.enable()
        return None

    code = repeat(words, change, lambda private: are_as_before(_outside(private, sights)))
    gc.enable()

    if code == 0 and told:
        _tell(told, time.monotonic() - begin)

    return code


def _still_possible(words: list[str], question: bytes) -> tuple[list[Sight], list[Told], tuple[Any, ...]]:
    """Return what a memo keeps. Raises `ValueError` where it is damaged or does not hold, and `OSError`."""
    data = own_record(change_path(words, question))
    end = _HEAD + int.from_bytes(data[8:_HEAD], "big")

    if bytes(data[:8]) != source_hash(BODY, data[_HEAD:end]):
        raise ValueError("damaged")

    check, made, until, witnesses, sights, told, digest = marshal.loads(data[_HEAD:end])  # noqa: S302 - own

    if not hold(question, check, made, until, witnesses) or not are_as_before(sights):
        raise ValueError("outdated")

    if digest != source_hash(BODY, data[end:]):
        raise ValueError("damaged")

    return sights, told, marshal.loads(data[end:])  # noqa: S302 - what this user wrote, and whole


def _outside(private: str, sights: list[Sight]) -> list[Sight]:
    return [sight for sight in sights if not is_below(sight[0], (private,))]


def _tell(told: list[Told], seconds: float) -> None:
    from zephyr.memo.duration import shown_seconds

    taken = shown_seconds(seconds).encode()

    for descriptor, parts in told:
        print_bytes(descriptor, taken.join(parts))
