"""What can go wrong with interpreters and environments, each with its id and next step."""

from __future__ import annotations

from zephyr.errors import UsageError, ZephyrError


class InterpreterNotFound(ZephyrError):
    """Nothing that was looked at is the Python that was asked for."""

    id = "interpreter-not-found"


class InterpreterBroken(ZephyrError):
    """A file was run as a Python interpreter and did not answer as one."""

    id = "interpreter-broken"


class InterpreterTooOld(ZephyrError):
    """The interpreter is older than the oldest that Zephyr installs for."""

    id = "interpreter-too-old"


class InvalidPythonRequest(UsageError):
    """A value of ``--python``, ``--python-version`` or ``.python-version`` cannot be understood."""

    id = "invalid-python-request"


class NoEnvironment(ZephyrError):
    """No environment was named, is active or lies here or above."""

    id = "no-environment"


class EnvironmentBroken(ZephyrError):
    """A folder says that it is an environment, and its interpreter is missing or somewhere else's."""

    id = "environment-broken"


class EnvironmentOfAnotherProject(ZephyrError):
    """A project's ``.venv`` leads to what was made for another project, or for this one elsewhere."""

    id = "environment-of-another-project"


class EnvironmentOfAnotherUser(ZephyrError):
    """A project's ``.venv`` belongs to another user, whose interpreter is not run."""

    id = "environment-of-another-user"


class EnvironmentOfAnotherPython(ZephyrError):
    """A project's environment has another Python than is asked for, and is never replaced by itself."""

    id = "environment-of-another-python"


class EnvironmentTooNew(ZephyrError):
    """The metadata of an environment are of a format that this version does not know."""

    id = "environment-too-new"


class PythonUnsupported(ZephyrError):
    """The interpreter that is asked for is none that the project supports."""

    id = "python-unsupported"


class UserSiteInvisible(ZephyrError):
    """The interpreter does not look into the user's own site-packages, where ``--user`` would install."""

    id = "user-site-invisible"


class VirtualEnvironmentRequired(ZephyrError):
    """``--require-virtualenv`` met a Python outside of any environment; exits as pip does."""

    id = "virtual-environment-required"
    exit_code = 3


class ExternallyManaged(ZephyrError):
    """Somebody else's package manager owns the interpreter's packages (PEP 668)."""

    id = "externally-managed"


class EnvironmentExists(ZephyrError):
    """There is an environment at the path already, and replacing it was not asked for."""

    id = "environment-exists"


class NotAnEnvironment(ZephyrError):
    """A path holds something that is not an environment, and is left alone."""

    id = "not-an-environment"


class EnvironmentUnwritable(ZephyrError):
    """The file system refused the folders of a new environment."""

    id = "environment-unwritable"


class InvalidEnvironmentPath(UsageError):
    """No environment can work at the path: shells and ``pyvenv.cfg`` cannot hold it."""

    id = "invalid-environment-path"
