"""Which options of ``zephyr install`` contradict each other. As with pip, the exit code is then 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.errors import ZephyrError

if TYPE_CHECKING:
    from zephyr.cli.input_options import InputOptions
    from zephyr.cli.install_request import Asked
    from zephyr.cli.options import ResolverOptions
    from zephyr.metadata.request import Rules


class ConflictingOptions(ZephyrError):
    """Raised for options that do not go together."""

    id = "conflicting-options"


class PlatformNeedsTarget(ZephyrError):
    """Raised where files for another Python would get into an environment of this one."""

    id = "platform-needs-target"


class PlatformNeedsWheels(ZephyrError):
    """Raised where something might be built here for another Python."""

    id = "platform-needs-wheels"


def refuse_contradictions(asked: Asked) -> None:
    """Raise `ConflictingOptions` and `PlatformNeedsTarget`, before any file is read."""
    resolver = asked.resolver

    if asked.amendments.only_deps:
        refuse_beside_only_deps(asked.resolver, asked.inputs)

    if resolver.pre and (resolver.all_releases or resolver.only_final):
        raise ConflictingOptions(
            "--pre cannot be used with --all-releases or --only-final",
            hint="--pre is --all-releases :all:.",
        )

    if asked.building.build_constraint and asked.building.no_build_isolation:
        raise ConflictingOptions(
            "--build-constraint cannot be used with --no-build-isolation",
            hint="Without isolation builds use what is installed: constrain that.",
        )

    if asked.foreign and not (asked.installer.dry_run or asked.environment.target):
        raise PlatformNeedsTarget(
            "Can not use any platform or abi specific options unless installing via '--target' or using "
            "'--dry-run'",
            hint="Add one of them, or name an environment of that Python with --python.",
        )


def refuse_beside_only_deps(resolver: ResolverOptions, inputs: InputOptions) -> None:
    """Raise `ConflictingOptions` for what goes with no ``--only-deps``."""
    others = {
        "--no-deps": resolver.no_deps,
        "--requirement": resolver.requirement,
        "--requirements-from-script": inputs.requirements_from_script,
        "--group": inputs.group,
    }
    given = [f"'{option}'" for option, is_given in others.items() if is_given]

    if given:
        raise ConflictingOptions(
            f"Cannot use '--only-deps' in combination with {' and '.join(given)}",
            hint="Name the packages whose dependencies are meant on the command line.",
        )


def refuse_builds_for_others(asked: Asked, rules: Rules) -> None:
    """Raise `PlatformNeedsWheels`, unless nothing can come to be built, or nothing is installed at all."""
    from zephyr.metadata.request import ALL

    only_wheels = ALL in rules.no_build and not rules.no_binary

    if asked.foreign and not (asked.installer.dry_run or rules.no_dependencies or only_wheels):
        raise PlatformNeedsWheels(
            "With --python-version, --platform, --abi or --implementation, either --no-deps must be set, or "
            "--only-binary=:all: must be set and --no-binary must not be set",
            hint="Add --only-binary=:all:, or only look with --dry-run.",
        )
