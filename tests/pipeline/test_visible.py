from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.wheels import core_metadata
from zephyr.environments.creation import create_environment
from zephyr.environments.facts import query_interpreter
from zephyr.environments.surroundings import Surroundings
from zephyr.pipeline import visible
from zephyr.pipeline.visible import visible_distributions

if TYPE_CHECKING:
    from zephyr.model.environment import Environment
    from zephyr.model.interpreter import Interpreter


def put(folder: Path, name: str, version: str) -> None:
    metadata = folder / f"{name}-{version}.dist-info" / "METADATA"
    metadata.parent.mkdir(parents=True)
    metadata.write_text(core_metadata(name, version))


def seen(environment: Environment, surroundings: Surroundings) -> dict[str, str]:
    found, _ = visible_distributions(environment, surroundings)

    return {name: str(one.version) for name, one in found.items()}


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Interpreter:
    """This interpreter, as if its packages lay in a folder of ours."""
    real = query_interpreter(sys.executable, {})
    packages = tmp_path / "base"
    put(packages, "shared", "1.0")
    put(packages, "both", "1.0")
    told = replace(real, scheme=replace(real.scheme, purelib=str(packages), platlib=str(packages)))

    def answer(*_: object) -> Interpreter:
        return told

    monkeypatch.setattr(visible, "query_interpreter", answer)

    return real


@pytest.mark.parametrize("shares", [True, False])
def test_the_packages_of_the_base_count_only_where_they_are_shared(
    tmp_path: Path, base: Interpreter, shares: bool
) -> None:
    environment = create_environment(str(tmp_path / "env"), base, system_site_packages=shares)

    put(Path(environment.scheme.purelib), "both", "2.0")
    expected = {"both": "2.0"} | ({"shared": "1.0"} if shares else {})

    assert seen(environment, Surroundings(str(tmp_path), {})) == expected
