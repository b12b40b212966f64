"""What commands share: from option groups to the values that the pipeline takes."""

from __future__ import annotations

import os

from zephyr.cli.output import Output
from zephyr.errors import ZephyrError

TYPE_CHECKING = False

if TYPE_CHECKING:
    from zephyr.cli.options import CacheOptions, DestinationOptions, OutputOptions, TargetOptions
    from zephyr.environments.selection import Choice
    from zephyr.environments.surroundings import Surroundings
    from zephyr.model.environment import Environment
    from zephyr.model.interpreter import Interpreter
    from zephyr.pipeline.cache import CacheLocation


class NothingAsked(ZephyrError):
    """Raised where a command was given nothing to work on; exits as pip does."""

    id = "nothing-asked"


def output_of(options: OutputOptions) -> Output:
    """Return the output at the level that ``-v`` and ``-q`` ask for."""
    return Output(
        level=min(options.verbose, 3) - min(options.quiet, 2), colour=not options.no_color, log=options.log
    )


def cache_location(options: CacheOptions) -> CacheLocation:
    """Return which cache the options name."""
    from zephyr.pipeline.cache import CacheLocation

    return CacheLocation(options.cache_dir, temporary=options.no_cache)


def choice_of(options: TargetOptions, destination: DestinationOptions | None = None) -> Choice:
    """Return which environment the options name."""
    from zephyr.cli.options import DestinationOptions
    from zephyr.environments.selection import Choice

    destination = destination or DestinationOptions()

    return Choice(
        python=options.python,
        system=options.system,
        prefix=destination.prefix,
        target=destination.target,
        user=destination.user and not destination.no_user,
        root=destination.root,
        break_system_packages=options.break_system_packages,
        require_virtual=options.require_virtualenv,
    )


def environment_to_look_at(
    options: TargetOptions, cache: CacheOptions, output: Output
) -> tuple[Environment, Surroundings]:
    """Return the environment that a command which changes nothing is about, and what is around it."""
    from zephyr.environments.selection import select_environment
    from zephyr.environments.surroundings import Surroundings
    from zephyr.install.destination import Destination
    from zephyr.install.opening import recover_environment
    from zephyr.pipeline.cache import open_cache

    with open_cache(cache_location(cache), output.warn) as store:
        surroundings = Surroundings(os.getcwd(), os.environ, store)

        environment = select_environment(choice_of(options), surroundings, changes=False)

    recover_environment(Destination.of(environment))

    return environment, surroundings


def interpreter_to_choose_for(options: TargetOptions, cache: CacheOptions, output: Output) -> Interpreter:
    """Return the interpreter of the environment that the options mean; outside of any, the first Python.

    For commands that need no environment, only an idea of what would suit one.
    """
    from zephyr.environments.discovery import find_interpreter
    from zephyr.environments.errors import NoEnvironment
    from zephyr.environments.selection import select_environment
    from zephyr.environments.surroundings import Surroundings
    from zephyr.pipeline.cache import open_cache

    with open_cache(cache_location(cache), output.warn) as store:
        surroundings = Surroundings(os.getcwd(), os.environ, store)

        try:
            return select_environment(choice_of(options), surroundings, changes=False).interpreter
        except NoEnvironment:
            return find_interpreter(None, surroundings)
