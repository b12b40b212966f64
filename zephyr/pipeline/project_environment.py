"""The environment of a project: found, or made and made known by a link.

Nothing is locked: an environment appears by one rename, and whoever comes second finds it there.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass
from zephyr.environments.active import is_owned
from zephyr.environments.errors import (
    EnvironmentExists,
    EnvironmentOfAnotherUser,
    EnvironmentUnwritable,
)
from zephyr.environments.links import is_link
from zephyr.environments.opening import environment_at
from zephyr.environments.project import decide, is_environment, look
from zephyr.environments.project_place import location_of, place_of
from zephyr.environments.project_python import (
    PythonDemand,
    ignored_pin,
    project_interpreter,
    refuse_other_python,
)
from zephyr.environments.project_record import read_record, recorded_use, write_record
from zephyr.environments.surroundings import home_of, upwards
from zephyr.settings import data_folder

if TYPE_CHECKING:
    from zephyr.environments.project import Decision
    from zephyr.environments.project_place import ProjectPlace
    from zephyr.environments.surroundings import Surroundings
    from zephyr.graph.events import Level, Listener
    from zephyr.model.environment import Environment
    from zephyr.model.interpreter import Interpreter

ATTEMPTS = 3
"""How often another command may come first before that is an error."""


@dataclass(frozen=True, slots=True)
class ProjectChoice:
    """What a command says of its project's environment."""

    python: str | None = None
    """``--python``: the interpreter that the environment is to have."""
    active: bool = False
    """``--active``: the environment that ``VIRTUAL_ENV`` names, if it names one."""
    location: str | None = None
    """``environments.location``: ``central``, ``project``, or None for what is usual here."""


def project_environment(
    root: str,
    choice: ProjectChoice,
    requires_python: str | None,
    surroundings: Surroundings,
    listener: Listener,
) -> Environment:
    """Return the environment of the project in the folder ``root``; one is made where there is none.

    A real ``.venv`` is used in place. Otherwise the environment is in the user's data folder, with
    ``.venv`` a link to it, or where ``choice.location`` says. It is never replaced. ``listener`` hears of
    what was made and of what was left out of account.

    Raises:
        EnvironmentOfAnotherProject: ``.venv`` came along when the project was copied or moved.
        EnvironmentOfAnotherUser: ``.venv`` is not this user's.
        EnvironmentOfAnotherPython: it has not the Python that ``--python`` or ``requires_python`` wants.
        EnvironmentBroken, NotAnEnvironment, EnvironmentTooNew: what is there cannot be used, and why.
        EnvironmentUnwritable: the file system refuses a new one.
        ZephyrError: whatever `project_interpreter` raises for a new one.

    """
    return _Search.begin(root, choice, requires_python, surroundings, listener).found_or_made()


def existing_environment(
    root: str,
    choice: ProjectChoice,
    requires_python: str | None,
    surroundings: Surroundings,
    listener: Listener,
) -> Environment | None:
    """Return what `project_environment` would, None where it would make one: nothing is changed.

    Raises as that does for what is there.
    """
    return _Search.begin(root, choice, requires_python, surroundings, listener).found()


def expected_environment(
    root: str,
    choice: ProjectChoice,
    requires_python: str | None,
    surroundings: Surroundings,
    listener: Listener,
) -> Environment:
    """Return what `project_environment` would, and make nothing: it may not be there yet.

    Raises as that does.
    """
    return _Search.begin(root, choice, requires_python, surroundings, listener).found_or_expected()


@dataclass(frozen=True, slots=True)
class _Search:
    """One command's search for the environment of its project."""

    place: ProjectPlace
    demand: PythonDemand
    choice: ProjectChoice
    surroundings: Surroundings
    listener: Listener

    @classmethod
    def begin(
        cls,
        root: str,
        choice: ProjectChoice,
        requires_python: str | None,
        surroundings: Surroundings,
        listener: Listener,
    ) -> _Search:
        """Return the search for the project in ``root``, relative to the current folder or absolute."""
        place = place_of(surroundings.absolute(root), data_folder(surroundings.environ))
        demand = PythonDemand(place.root, choice.python, requires_python)

        return cls(place, demand, choice, surroundings, listener)

    def found(self) -> Environment | None:
        """Return the environment that is there."""
        if environment := self._active():
            return environment

        decision = self._decision()

        return self._opened(decision.path) if is_environment(decision.path) else None

    def found_or_expected(self) -> Environment:
        """Return the environment that is there, else what a new one would be."""
        if environment := self.found():
            return environment

        from zephyr.environments.creation import environment_to_be
        from zephyr.environments.making import examine

        decision = self._decision()
        environment = environment_to_be(decision.path, project_interpreter(self.demand, self.surroundings))

        if not decision.unlink:
            examine(environment.root, clear=False)

        return environment

    def found_or_made(self) -> Environment:
        """Return the environment that is there, else a new one."""
        if environment := self._active():
            return environment

        for _ in range(ATTEMPTS):
            # Where another command comes first, what it made is the environment.
            with suppress(EnvironmentExists, FileExistsError):
                return self._used(self._decision())

        return self._used(self._decision())

    def _decision(self) -> Decision:
        location = location_of(self.choice.location, self.surroundings.environ)

        return decide(self.place, look(self.place), location)

    def _active(self) -> Environment | None:
        """Return what ``--active`` means, None without the option or where nothing is active."""
        path = self.surroundings.environ.get("VIRTUAL_ENV")

        if not self.choice.active or not path:
            return None

        environment = environment_at(path, self.surroundings, origin="VIRTUAL_ENV")
        refuse_other_python(environment, self.demand, self.surroundings)

        return environment

    def _used(self, decision: Decision) -> Environment:
        """Return the environment at the place decided on, made if need be, written down and linked to."""
        is_new = not is_environment(decision.path)
        environment = self._made(decision) if is_new else self._opened(decision.path)

        if decision.is_central:
            self._write_down(environment)

        if decision.link:
            self._link(environment.root)

        if is_new:
            self._tell("info", f"Made {environment.root} with {described(environment.interpreter)}")

        return environment

    def _opened(self, path: str) -> Environment:
        """Return the environment at ``path``; raises for one that will not do."""
        refuse_another_users(path)
        environment = environment_at(path, self.surroundings)
        refuse_other_python(environment, self.demand, self.surroundings)

        if warning := ignored_pin(environment, self.demand, self.surroundings):
            self._tell("warning", warning)

        self._tell_of_ignored(environment.root)

        return environment

    def _made(self, decision: Decision) -> Environment:
        from zephyr.environments.creation import create_environment

        interpreter = project_interpreter(self.demand, self.surroundings)
        prompt = os.path.basename(self.place.root)

        if decision.unlink:
            self._remove_link()

        try:
            environment = create_environment(
                decision.path, interpreter, prompt=prompt, store=self.surroundings.store
            )
        except EnvironmentUnwritable as error:
            if decision.is_central:
                error.hint = "Set ZEPHYR_DATA_DIR to a folder that can be written, or environments.location."

            raise

        self._tell_of_ignored(environment.root)

        return environment

    def _remove_link(self) -> None:
        """Remove a link that leads nowhere; raises FileExistsError if another command put a folder there."""
        link = self.place.link

        try:
            os.unlink(link)
        except FileNotFoundError:
            pass
        except OSError as error:
            if not is_link(link):
                raise FileExistsError(link) from error

            raise EnvironmentUnwritable(
                f"Cannot replace the link {link}, which leads nowhere: {error.strerror or error}",
                hint="Make the project's folder writable, or remove the link.",
            ) from error

    def _write_down(self, environment: Environment) -> None:
        record = read_record(self.place.folder)
        new = recorded_use(
            record, self.place, environment.interpreter, self.demand.text, datetime.now(tz=UTC)
        )

        # Whose the environment is also follows from its path: the next command can write the rest.
        with suppress(OSError):
            if new != record:
                write_record(self.place.folder, new)

    def _link(self, target: str) -> None:
        """Let ``.venv`` lead to the environment; without a link it is as good, and harder to find.

        Raises FileExistsError where another command put something else there.
        """
        from zephyr.environments.exclusion import exclude_from_git
        from zephyr.environments.links import make_link, redirect_link

        link = self.place.link

        try:
            if not is_link(link):
                make_link(link, target)
            elif os.path.realpath(link) != target:
                redirect_link(link, target)
                self._tell("info", f"{link} led nowhere: it leads to {target} now")

            exclude_from_git(link, upwards(self.place.root, home_of(self.surroundings.environ)))
        except FileExistsError:
            raise
        except OSError as error:
            self._tell("warning", f"{link} cannot lead to {target}: {error.strerror or error}")

    def _tell_of_ignored(self, root: str) -> None:
        active = self.surroundings.environ.get("VIRTUAL_ENV")

        if active and os.path.realpath(active) != os.path.realpath(root):
            text = f"VIRTUAL_ENV={active} is not the project's environment, {root}, and is ignored"
            self._tell("warning", f"{text}: give --active to use it")

    def _tell(self, level: Level, text: str) -> None:
        from zephyr.graph.events import Notice

        self.listener(Notice(level, text, time.monotonic()))


def refuse_another_users(path: str) -> None:
    """Raise `EnvironmentOfAnotherUser` unless ``path`` and what it leads to are this user's."""
    if not is_owned(path):
        raise EnvironmentOfAnotherUser(
            f"{path} belongs to another user: its Python is not run",
            hint="Activate it and give --active to trust it, or remove it.",
        )


def described(interpreter: Interpreter) -> str:
    """Return an interpreter as a person knows it."""
    return f"{interpreter.implementation} {interpreter.version} ({interpreter.base_executable})"
