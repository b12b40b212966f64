"""Why a build does not give a wheel: one class per condition, each with its stable id."""

from __future__ import annotations

from zephyr.errors import ZephyrError


class BuildError(ZephyrError):
    """A source distribution, folder or repository cannot be turned into a wheel."""

    id = "build-error"
    archive: str | None = None
    """The file name of the source, where it is one that an index offers."""


class BuildFailed(BuildError):
    """The project's build backend ended with an error, or was ended by a signal."""

    id = "build-failed"


class BuildTimedOut(BuildError):
    """A build said nothing for too long, or took too long as a whole; it was stopped."""

    id = "build-timed-out"


class BuildTooLarge(BuildError):
    """A build wrote more into its folder than a build may; it was stopped."""

    id = "build-too-large"


class BuildBackendMissing(BuildError):
    """The build backend that the project names cannot be imported in the build's environment."""

    id = "build-backend-missing"


class BuildDependenciesUnmet(BuildError):
    """A build without isolation needs what is not installed, and that was to be looked at first."""

    id = "build-dependencies-unmet"


class InvalidBuildSystem(BuildError):
    """The folder holds no project, or its ``[build-system]`` table breaks PEP 517 or 518."""

    id = "build-system-invalid"


class InvalidBuildRequirements(BuildError):
    """The backend asks for requirements that are none (PEP 508)."""

    id = "build-requirements-invalid"


class InvalidBuildResult(BuildError):
    """What the backend returned is no wheel or metadata of the project that was to be built."""

    id = "build-result-invalid"


class MetadataChanged(BuildError):
    """The metadata inside the built wheel is not what the backend had promised before."""

    id = "build-metadata-changed"


class EditableUnsupported(BuildError):
    """The project's backend cannot make editable installs (it has no ``build_editable``, PEP 660)."""

    id = "build-editable-unsupported"


class BuildCycle(BuildError):
    """A build needs itself, directly or by way of what it requires."""

    id = "build-cycle"


class SandboxFailed(BuildError):
    """The system offers the containment of builds and then refuses it."""

    id = "build-sandbox-failed"
