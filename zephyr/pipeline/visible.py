"""What an environment's interpreter sees: its own distributions, and its base's where it shares them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.environments.facts import query_interpreter
from zephyr.environments.installed import Finding, read_installed
from zephyr.environments.layout import read_configuration

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

    from zephyr.environments.surroundings import Surroundings
    from zephyr.model.environment import Environment, InstalledDistribution


def visible_distributions(
    environment: Environment, surroundings: Surroundings
) -> tuple[dict[NormalizedName, InstalledDistribution], tuple[Finding, ...]]:
    """Return what is installed, by name, and what is broken in the environment itself.

    An environment made with ``--system-site-packages`` sees its base's packages behind its own (PEP
    405). They count as installed, and are never changed: what has to differ goes into the environment.
    """
    own = read_installed((environment.scheme.purelib, environment.scheme.platlib))
    visible: dict[NormalizedName, InstalledDistribution] = {}

    if sees_its_base(environment):
        base = query_interpreter(
            environment.interpreter.base_executable, surroundings.environ, surroundings.store
        ).scheme
        visible = {one.name: one for one in read_installed((base.purelib, base.platlib)).distributions}

    visible |= {one.name: one for one in own.distributions}

    return visible, own.findings


def sees_its_base(environment: Environment) -> bool:
    """Return whether the environment was made with ``--system-site-packages``."""
    configuration = read_configuration(environment.root) or {}

    return configuration.get("include-system-site-packages", "").strip().lower() == "true"
