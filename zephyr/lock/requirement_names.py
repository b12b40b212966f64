"""Which entry of a lock a requirement asks for, that the lock was made from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement

from zephyr.model.names import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from packaging.pylock import Package
    from packaging.utils import NormalizedName


def required_names(
    text: str, packages: Iterable[Package], markers: Mapping[str, str] | None
) -> Iterator[NormalizedName]:
    """Yield the project that a requirement asks for: a place without a name is found by its place.

    With the ``markers`` of an environment, nothing where the requirement does not apply there.
    """
    try:
        requirement = Requirement(text)
    except InvalidRequirement:
        yield from (package.name for package in packages if text in _places(package))
        return

    if markers is None or requirement.marker is None or requirement.marker.evaluate(dict(markers)):
        yield canonicalize_name(requirement.name)


def _places(package: Package) -> set[str | None]:
    source = package.vcs or package.directory or package.archive

    return {getattr(source, "path", None), getattr(source, "url", None)}
