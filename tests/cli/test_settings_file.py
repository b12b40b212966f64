"""Single options of a settings file are changed, and the rest stays as it was written."""

from __future__ import annotations

import tomllib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from zephyr.cli.settings_file import with_option, without_option

VALUES = st.one_of(st.text(), st.booleans(), st.lists(st.text(), max_size=3))
NAMES = st.sampled_from(["index-url", "find-links", "no-index", "timeout"])


@given(st.dictionaries(NAMES, VALUES), NAMES, VALUES)
def test_what_is_set_is_read_back_and_nothing_else_changes(
    before: dict[str, Any], name: str, value: Any
) -> None:
    text = '# mine\n\n[mirror]\n"x" = "y"\n'

    for key, old in before.items():
        text = with_option(text, key, old)

    after = with_option(text, name, value)

    assert tomllib.loads(after) == {**before, name: value, "mirror": {"x": "y"}}
    assert after.startswith("# mine\n")
    assert tomllib.loads(without_option(after, name) or "") == {
        key: old for key, old in tomllib.loads(after).items() if key != name
    }


def test_both_spellings_of_a_name_are_one_option() -> None:
    assert with_option('"index_url" = "a"\n', "index-url", "b") == 'index-url = "b"\n'


def test_what_is_in_a_table_is_no_option() -> None:
    assert without_option('[mirror]\ntimeout = "x"\n', "timeout") is None
