"""Documents that were read before: found again, by digest and version alone, as they were."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.support.packs import Packs
from zephyr.metadata import requirements
from zephyr.metadata.document import Document, read_document
from zephyr.metadata.known_documents import KnownDocuments
from zephyr.metadata.requirements import UnusableLine, parse_line, row_of

NAME = canonicalize_name("demo")
LINES = (
    "a>=1",
    "b[c,d]==1.0 ; python_version < '3.8'",
    "e ; extra == 'fast'",
    "f ; extra == 'fast' and sys_platform == 'win32'",
    "g ; extra == 'x' or extra == 'y'",
    "h @ https://files.example/h-1.0-py3-none-any.whl",
    "not a requirement !!",
)


def document(*lines: str, python: str | None = None) -> Document:
    fields = ["Metadata-Version: 2.1", "Name: demo", "Version: 1.0", "Provides-Extra: fast"]
    fields += [f"Requires-Dist: {line}" for line in lines]
    fields += [f"Requires-Python: {python}"] if python is not None else []

    return read_document("\n".join(fields).encode(), NAME, Version("1.0"))


def says(found: Document | None) -> tuple[object, ...] | None:
    """Return what a document says: two that say the same are not equal."""
    if found is None:
        return None

    return found.requires_python, found.extras, found.lines, found.extra_lines


def forget_lines() -> None:
    """Begin a run: nothing was parsed yet."""
    requirements.LINES.clear()
    requirements.ROWS.clear()
    requirements.PARSED.clear()


@pytest.fixture(autouse=True)
def first_run() -> None:
    forget_lines()


@given(
    st.lists(
        st.tuples(st.lists(st.sampled_from(LINES)), st.sampled_from((None, ">=3.8")), st.booleans()),
        max_size=6,
    )
)
def test_what_was_read_is_known_in_the_next_run(read: list[tuple[list[str], str | None, bool]]) -> None:
    forget_lines()
    packs = Packs()
    known = KnownDocuments(packs)
    documents = {
        bytes([number]): document(*lines, python=python) for number, (lines, python, _) in enumerate(read)
    }

    for digest, one in documents.items():
        known.add(NAME, "1.0", digest, one)

    for line in (line for lines, _, is_parsed in read for line in lines if is_parsed):
        parse_line(line)

    parsed = {line: row for lines, _, _ in read for line in lines if (row := row_of(line)) is not None}
    known.save()
    forget_lines()
    later = KnownDocuments(packs)

    for digest, one in documents.items():
        assert says(later.find(NAME, "1.0", digest)) == says(one)

    assert {line: row_of(line) for line in parsed} == parsed


def test_a_document_is_known_of_its_own_version_and_file_alone() -> None:
    packs = Packs()

    for known in (KnownDocuments(packs), KnownDocuments(packs)):
        known.add(NAME, "1.0", b"digest", document())
        known.save()
        found = [
            known.find(NAME, "1.0", b"digest"),
            known.find(NAME, "2.0", b"digest"),
            known.find(NAME, "1.0", b"other"),
            known.find(canonicalize_name("other"), "1.0", b"digest"),
        ]
        assert [one is not None for one in found] == [True, False, False, False]


def test_documents_that_say_the_same_are_one() -> None:
    packs = Packs()
    known = KnownDocuments(packs)

    for digest in (b"1", b"2"):
        known.add(NAME, "1.0", digest, document("a>=1"))

    known.save()
    later = KnownDocuments(packs)

    assert later.find(NAME, "1.0", b"1") is later.find(NAME, "1.0", b"2") is not None


def test_nothing_is_written_where_nothing_new_is_known() -> None:
    packs = Packs()
    known = KnownDocuments(packs)
    known.add(NAME, "1.0", b"1", document("a>=1", "e ; extra == 'fast'"))
    parse_line("a>=1")
    known.save()
    later = KnownDocuments(packs)
    later.find(NAME, "1.0", b"1")
    later.save()

    assert packs.written == [NAME]


def test_what_a_line_means_is_written_once_somebody_asked() -> None:
    packs = Packs()
    known = KnownDocuments(packs)
    known.add(NAME, "1.0", b"1", document("a>=1"))
    known.save()
    later = KnownDocuments(packs)
    later.find(NAME, "1.0", b"1")
    parse_line("a>=1")
    later.save()

    assert packs.written == [NAME, NAME]


def test_what_specifiers_admit_is_known_of_the_same_versions_alone() -> None:
    packs = Packs()
    known = KnownDocuments(packs)
    known.specifiers(NAME, ("1.0", "2.0"))[">=2"] = 4
    known.save()

    assert KnownDocuments(packs).specifiers(NAME, ("1.0", "2.0")) == {">=2": 4}
    assert KnownDocuments(packs).specifiers(NAME, ("1.0", "2.0", "3.0")) == {}


def test_verdicts_are_known_of_the_same_listing_alone() -> None:
    packs = Packs()
    known = KnownDocuments(packs)
    known.verdicts(NAME, "listing")["target"] = ("picked",)
    known.save()

    assert KnownDocuments(packs).verdicts(NAME, "listing") == {"target": ("picked",)}
    assert KnownDocuments(packs).verdicts(NAME, "another") == {}


def test_verdicts_for_many_targets_are_let_go_of() -> None:
    packs = Packs()
    known = KnownDocuments(packs)
    known.verdicts(NAME, "listing").update({f"target {number}": () for number in range(17)})
    known.save()

    assert KnownDocuments(packs).verdicts(NAME, "listing") == {}


def test_documents_stay_known_where_a_new_version_has_come() -> None:
    packs = Packs()
    known = KnownDocuments(packs)
    known.add(NAME, "1.0", b"1", document("a>=1"))
    known.specifiers(NAME, ("1.0",))["==1.0"] = 2
    known.save()
    later = KnownDocuments(packs)
    later.specifiers(NAME, ("1.0", "2.0"))["==1.0"] = 2
    later.save()

    assert KnownDocuments(packs).find(NAME, "1.0", b"1") is not None
    assert KnownDocuments(packs).specifiers(NAME, ("1.0", "2.0")) == {"==1.0": 2}


def test_a_pack_of_another_zephyr_counts_for_nothing() -> None:
    packs = Packs()
    packs.kept[NAME] = b"zephyr-pack 0\n"

    assert KnownDocuments(packs).find(NAME, "1.0", b"1") is None


def test_a_line_without_a_meaning_is_remembered_as_such() -> None:
    packs = Packs()
    known = KnownDocuments(packs)
    known.add(NAME, "1.0", b"1", document(LINES[-1]))
    problem = parse_line(LINES[-1])
    known.save()
    forget_lines()
    KnownDocuments(packs).find(NAME, "1.0", b"1")

    assert isinstance(problem, UnusableLine)
    assert row_of(LINES[-1]) is not None
    assert parse_line(LINES[-1]) == problem


def test_a_document_that_is_forgotten_is_not_known_in_the_next_run() -> None:
    packs = Packs()
    known = KnownDocuments(packs)
    known.add(NAME, "1.0", b"1", document("a>=1"))
    known.add(NAME, "1.0", b"2", document("a>=2"))
    known.save()
    later = KnownDocuments(packs)
    later.forget(NAME, b"1")
    later.save()

    assert KnownDocuments(packs).find(NAME, "1.0", b"1") is None
    assert KnownDocuments(packs).find(NAME, "1.0", b"2") is not None
