from __future__ import annotations

import pytest

from zephyr.metadata.constraints import ConstraintInvalid, check_constraint
from zephyr.metadata.requirements_file import RequirementLine


@pytest.mark.parametrize(
    "text",
    [
        "demo",
        "demo<2 ; os_name == 'nt'",
        "demo @ https://files.example/demo-1.0.tar.gz",
        "git+https://git.example/demo#egg=demo",
        "./demo-1.0-py3-none-any.whl",
    ],
)
def test_what_bounds_a_name_is_a_constraint(text: str) -> None:
    check_constraint(RequirementLine(text, "c.txt line 1"))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (RequirementLine("./demo", "c.txt line 1", editable=True), "Editable requirements are not allowed"),
        (RequirementLine("demo[x]<2", "c.txt line 1"), "Constraints cannot have extras"),
        (RequirementLine("demo[x] @ https://files.example/demo.zip", "c.txt line 1"), "cannot have extras"),
        (RequirementLine("./demo", "c.txt line 1"), "Unnamed requirements are not allowed"),
        (RequirementLine("https://files.example/demo-1.0.tar.gz", "c.txt line 1"), "Unnamed requirements"),
    ],
)
def test_what_asks_for_more_is_refused_with_its_place(line: RequirementLine, message: str) -> None:
    with pytest.raises(ConstraintInvalid, match=message) as raised:
        check_constraint(line)

    assert "c.txt line 1" in raised.value.message
