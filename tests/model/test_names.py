from __future__ import annotations

import packaging.utils
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from zephyr.model.names import canonicalize_name, valid_name


@given(st.text(alphabet="aBé-_. 1İ", max_size=12))
@example("Zope..Interface")
@example("a-_.b")
def test_names_are_normalised_as_the_library_does_it(name: str) -> None:
    assert canonicalize_name(name) == packaging.utils.canonicalize_name(name)


def test_a_name_that_has_to_be_valid_is() -> None:
    assert valid_name("Zope.Interface") == "zope-interface"

    with pytest.raises(ValueError, match="no name"):
        valid_name("no name")
