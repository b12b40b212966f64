from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from packaging.utils import canonicalize_name
from packaging.version import Version

from zephyr.install.changes import difference
from zephyr.model.artifact import Artifact
from zephyr.model.environment import InstalledDistribution
from zephyr.model.resolution import Pin


def pin(name: str, version: str = "1.0", *, direct: bool = False) -> Pin:
    artifact = Artifact(f"{name}-{version}-py3-none-any.whl", f"https://files.example/{name}.whl")

    return Pin(canonicalize_name(name), Version(version), artifact, None, b"", direct=direct)


def there(name: str, version: str = "1.0", **facts: Any) -> InstalledDistribution:
    facts = {"installer": "pip", "requested": False, "direct_url": None, **facts}

    return InstalledDistribution(
        canonicalize_name(name), name, Version(version), "/site", f"{name}-{version}.dist-info", **facts
    )


EDITABLE = {"url": "file:///p", "dir_info": {"editable": True}}


def test_what_is_there_in_the_wanted_version_is_unchanged() -> None:
    changes = difference([pin("a"), pin("b", "2.0"), pin("c")], [there("a"), there("b"), there("d")])

    assert [each.name for each in changes.install] == ["b", "c"]
    assert [each.name for each in changes.leaving] == ["b"]
    assert [each.name for each in changes.unchanged] == ["a"]
    assert [each.name for each in changes.untouched] == ["d"]
    assert [each.name for each in changes.staying] == ["a", "d"]


def test_versions_are_compared_not_their_spelling() -> None:
    assert difference([pin("a", "1.0")], [there("a", "1.0.0")]).install == ()


def test_reinstalling_names_some_or_everything() -> None:
    wanted, installed = [pin("a"), pin("b")], [there("a"), there("b")]

    some = difference(wanted, installed, reinstall={canonicalize_name("a")})
    everything = difference(wanted, installed, reinstall=None)

    assert [each.name for each in some.install] == ["a"]
    assert [each.name for each in everything.leaving] == ["a", "b"]


NAMES = st.dictionaries(st.sampled_from("abcde"), st.sampled_from(["1.0", "2.0"]))


@given(NAMES, NAMES, st.booleans())
def test_what_is_there_afterwards_is_what_was_wanted(
    wanted: dict[str, str], before: dict[str, str], exact: bool
) -> None:
    changes = difference(
        [pin(name, version) for name, version in wanted.items()],
        [there(name, version) for name, version in before.items()],
        exact=exact,
    )
    after = {one.name: str(one.version) for one in changes.staying}
    assert after.keys().isdisjoint(one.name for one in changes.install)
    after |= {one.name: str(one.version) for one in changes.install}

    assert after == (wanted if exact else before | wanted)
    assert changes.removed == (before.keys() - wanted.keys() if exact else set())
    assert changes.is_empty == (after == before)


def test_an_exact_change_removes_the_rest_editable_ones_too() -> None:
    installed = [there("a", "0.9"), there("b"), there("c", direct_url=EDITABLE)]
    changes = difference([pin("a")], installed, exact=True)

    assert [each.name for each in changes.leaving] == ["a", "b", "c"]
    assert changes.removed == {"b", "c"}
    assert changes.untouched == ()


def test_a_direct_reference_is_satisfied_only_by_the_same_document() -> None:
    name = canonicalize_name("a")
    document = {"url": "https://files.example/a.whl", "archive_info": dict[str, str]()}

    same = difference([pin("a", direct=True)], [there("a", direct_url=document)], directs={name: document})
    other = difference([pin("a", direct=True)], [there("a")], directs={name: document})

    assert same.install == ()
    assert [each.name for each in other.install] == ["a"]


def test_what_is_to_come_from_an_index_is_not_satisfied_by_a_direct_reference() -> None:
    name, installed = canonicalize_name("a"), [there("a", direct_url=EDITABLE)]

    assert [each.name for each in difference([pin("a")], installed, directs={name: None}).install] == ["a"]
    assert difference([pin("a")], installed).install == ()


def test_a_broken_install_is_installed_again() -> None:
    assert len(difference([pin("a")], [there("a", has_record=False)]).install) == 1
