"""Every option that pip has for a verb is one of Zephyr's, in every spelling; recorded of pip 26.3."""

from __future__ import annotations

from typing import Any

import pytest
import typer.main

from zephyr.cli.typed_commands import build

GENERAL = """\
    --cache-dir --cert --client-cert --debug --default-timeout --disable-pip-version-check
    --exists-action --isolated --keyring-provider --local-log --log --log-file --no-cache-dir
    --no-color --no-input --no-proxy-env --no-python-version-warning --proxy --python -q --quiet
    --require-venv --require-virtualenv --resume-retries --retries --timeout --trusted-host
    --use-deprecated --use-feature -v --verbose
"""

OPTIONS = {
    "download": """
    --abi --all-releases --build-constraint -c --check-build-dependencies --constraint -d --dest
    --destination-dir --destination-directory --extra-index-url -f --find-links --group -i
    --ignore-requires-python --implementation --index-url --no-binary --no-build-isolation
    --no-clean --no-dependencies --no-deps --no-index --no-require-hashes --only-binary
    --only-dependencies --only-deps --only-final --platform --pre --prefer-binary --progress-bar
    --pypi-url --python-version -r --refresh-package --require-hashes --requirement
    --requirements-from-script --source --source-dir --source-directory --src
    --uploaded-prior-to --use-pep517
    """,
    "wheel": """
    -C --all-releases --build-constraint -c --check-build-dependencies --config-settings
    --constraint -e --editable --extra-index-url -f --find-links --group -i
    --ignore-requires-python --index-url --no-binary --no-build-isolation --no-clean
    --no-dependencies --no-deps --no-index --no-require-hashes --no-verify --only-binary
    --only-dependencies --only-deps --only-final --pre --prefer-binary --progress-bar --pypi-url
    -r --refresh-package --require-hashes --requirement --requirements-from-script --source
    --source-dir --source-directory --src --uploaded-prior-to --use-pep517 -w --wheel-dir
    """,
    "uninstall": """
    --break-system-packages -r --requirement --root-user-action -y --yes
    """,
    "freeze": """
    --all --exclude --exclude-editable -l --local --path -r --requirement --user
    """,
    "inspect": """
    --local --path --user
    """,
    "list": """
    --all-releases -e --editable --exclude --exclude-editable --extra-index-url -f --find-links
    --format -i --include-editable --index-url -l --local --no-binary --no-index --not-required
    -o --only-binary --only-final --outdated --path --pre --prefer-binary --pypi-url
    --refresh-package -u --uploaded-prior-to --uptodate --user
    """,
    "show": """
    -f --files
    """,
    "check": "",
    "config": """
    --editor --global --site --user
    """,
    "cache dir": """
    --format
    """,
    "cache info": """
    --format
    """,
    "cache list": """
    --format
    """,
    "cache remove": """
    --format
    """,
    "cache purge": """
    --format
    """,
    "index versions": """
    --abi --all-releases --extra-index-url -f --find-links -i --ignore-requires-python
    --implementation --index-url --json --no-binary --no-index --only-binary --only-final
    --platform --pre --prefer-binary --pypi-url --python-version --refresh-package
    --uploaded-prior-to
    """,
    "hash": """
    -a --algorithm
    """,
    "debug": """
    --abi --implementation --platform --python-version
    """,
}

COMMANDS = typer.main.get_command(build())


@pytest.mark.parametrize("path", OPTIONS)
def test_every_option_of_pip_is_known(path: str) -> None:
    command: Any = COMMANDS

    for name in path.split():
        command = command.commands[name]

    known = {flag for option in command.params for flag in (*option.opts, *option.secondary_opts)}

    assert not {*GENERAL.split(), *OPTIONS[path].split()} - known
