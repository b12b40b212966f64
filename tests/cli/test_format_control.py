from __future__ import annotations

import pytest
from packaging.utils import canonicalize_name

from zephyr.cli.format_control import format_control
from zephyr.metadata.request import Rules
from zephyr.metadata.requirements_syntax import Option

A = canonicalize_name("a")


@pytest.mark.parametrize(
    ("options", "wheels", "builds"),
    [
        ([], True, True),
        (["no-binary A"], False, True),
        (["only-binary a,b"], True, False),
        (["only-binary :all:"], True, False),
        (["only-binary :all:", "no-binary a"], False, True),
        (["no-binary :all:", "only-binary a"], True, False),
        (["only-binary a", "no-binary a"], False, True),
        (["only-binary a", "no-binary :all:"], False, True),
        (["no-binary :all:", "only-binary a", "no-binary a"], False, True),
        (["no-binary a", "no-binary :none:"], True, True),
        (["no-binary :all:,:none:,b"], True, True),
        (["trusted-host a"], True, True),
    ],
)
def test_the_last_word_on_a_name_counts(options: list[str], wheels: bool, builds: bool) -> None:
    no_binary, only_binary = format_control(Option(*text.split()) for text in options)
    rules = Rules(no_binary=no_binary, no_build=only_binary)

    assert (not rules.forbids_wheels(A), not rules.forbids_builds(A)) == (wheels, builds)
