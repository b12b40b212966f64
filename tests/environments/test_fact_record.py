"""What is known of an interpreter comes back from its record as it was."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as some

from zephyr.environments.fact_record import packed, unpacked
from zephyr.model.interpreter import Interpreter, Scheme

if TYPE_CHECKING:
    from zephyr.model.interpreter import Interpreter as Known

WORDS = some.text(some.characters(exclude_characters="\0"))
"""With lone surrogates: paths need not be UTF-8."""
NAMES = some.text("abc_.", min_size=1)
SCHEMES = some.builds(Scheme, WORDS, WORDS, WORDS, WORDS, WORDS)
TAGS = some.lists(some.text("abc123-_", min_size=1), min_size=1).map(tuple)
INTERPRETERS = some.builds(
    Interpreter,
    executable=WORDS,
    version=WORDS,
    implementation=WORDS,
    markers=some.dictionaries(NAMES, WORDS),
    tags=TAGS,
    prefix=WORDS,
    base_prefix=WORDS,
    base_executable=WORDS,
    scheme=SCHEMES,
    standard_library=WORDS,
    cache_tag=WORDS,
    magic=WORDS,
    platform=WORDS,
    free_threaded=some.booleans(),
)


@given(INTERPRETERS)
def test_an_interpreter_comes_back_as_it_was(interpreter: Known) -> None:
    assert unpacked(packed(interpreter)) == interpreter


@given(INTERPRETERS, WORDS)
def test_what_another_package_manager_says_is_not_kept(interpreter: Known, message: str) -> None:
    assert unpacked(packed(replace(interpreter, externally_managed=message))) == interpreter


@given(INTERPRETERS, some.integers(0, 400))
def test_a_record_that_is_cut_off_is_none_or_lacks_only_its_end(interpreter: Known, length: int) -> None:
    record = packed(interpreter)
    found = unpacked(record[:length])

    assert length >= len(record) or found is None or found.executable == interpreter.executable


@given(some.binary())
def test_any_bytes_can_be_read(record: bytes) -> None:
    unpacked(record)
