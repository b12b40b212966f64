"""What an environment's interpreter sees: its own distributions, and its base's where it shares them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.environments.facts import query_interpreter
from zephyr.environments.installed import Finding, read_installed
from zephyr.environments.layout import sees_its_base

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

    from zephyr.environments.surroundings import Surroundings
    from zephyr.model.environment import Environment, InstalledDistribution
    from zephyr.model.interpreter import Scheme


def visible_distributions(
    environment: Environment, surroundings: Surroundings
) -> tuple[dict[NormalizedName, InstalledDistribution], tuple[Finding, ...]]:
    """Return what is installed, by name, and what is broken in the environment itself.

    An environment made with ``--system-site-packages`` sees its base's packages behind its own (PEP
    405), and the user's folders stand before those of their interpreter (PEP 370). They count as
    installed, and are never changed: what has to differ goes into the environment.
    """
    own = read_installed((environment.scheme.purelib, environment.scheme.platlib))
    visible: dict[NormalizedName, InstalledDistribution] = {}

    for scheme in _behind(environment, surroundings):
        visible |= {one.name: one for one in read_installed((scheme.purelib, scheme.platlib)).distributions}

    visible |= {one.name: one for one in own.distributions}

    return visible, own.findings


def _behind(environment: Environment, surroundings: Surroundings) -> tuple[Scheme, ...]:
    """Return the folders that are looked into after the environment's own, the last one first."""
    interpreter = environment.interpreter
    behind: list[Scheme] = []

    if environment.kind in {"virtual", "user"} and sees_its_base(interpreter.prefix):
        base = query_interpreter(interpreter.base_executable, surroundings.environ, surroundings.store)
        behind.append(base.scheme)

    if environment.kind == "user":
        behind.append(interpreter.scheme)

    return tuple(behind)
