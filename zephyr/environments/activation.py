"""The scripts that make an environment the one a shell uses, and `deactivate` that undoes it.

They set ``VIRTUAL_ENV`` and ``VIRTUAL_ENV_PROMPT``, put the scripts folder first on ``PATH`` and drop
``PYTHONHOME``. What they save bears the names that venv and virtualenv use (``_OLD_VIRTUAL_PATH``), so
that environments of different tools can be activated one after the other. Paths are quoted for each
shell by its own rules: nothing in a path or a prompt is ever run.
"""

from __future__ import annotations

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Mapping

EXPANDED = frozenset([*"$`\\%!\"'^&|<>\x7f", *map(chr, range(32))])
"""What some shell would take for more than itself when it shows a prompt."""
PLAIN = frozenset("@%_-+=:,./")
"""What needs no quotes in POSIX shells, beside letters and digits."""
POWERSHELL_QUOTES = frozenset("'\u2018\u2019\u201a\u201b")

SH = """\
# Source this file from sh, bash, dash, ksh or zsh; `deactivate` undoes it.

deactivate () {
    if [ -n "${_OLD_VIRTUAL_PATH+set}" ]; then
        PATH=$_OLD_VIRTUAL_PATH
        export PATH
        unset _OLD_VIRTUAL_PATH
    fi

    if [ -n "${_OLD_VIRTUAL_PYTHONHOME+set}" ]; then
        PYTHONHOME=$_OLD_VIRTUAL_PYTHONHOME
        export PYTHONHOME
        unset _OLD_VIRTUAL_PYTHONHOME
    fi

    if [ -n "${_OLD_VIRTUAL_PS1+set}" ]; then
        PS1=$_OLD_VIRTUAL_PS1
        unset _OLD_VIRTUAL_PS1
    fi

    unset VIRTUAL_ENV VIRTUAL_ENV_PROMPT
    hash -r 2>/dev/null || true

    if [ "${1-}" != nondestructive ]; then
        unset -f deactivate
    fi
}

deactivate nondestructive

VIRTUAL_ENV=@@ROOT@@
VIRTUAL_ENV_PROMPT=@@PROMPT@@

# Shells on Windows that imitate Unix want its kind of path.
case "${OSTYPE-}" in
    cygwin* | msys*) VIRTUAL_ENV=$(cygpath -u "$VIRTUAL_ENV") ;;
esac

export VIRTUAL_ENV VIRTUAL_ENV_PROMPT

_OLD_VIRTUAL_PATH=${PATH-}
PATH=$VIRTUAL_ENV/@@SCRIPTS@@${PATH:+:$PATH}
export PATH

if [ -n "${PYTHONHOME+set}" ]; then
    _OLD_VIRTUAL_PYTHONHOME=$PYTHONHOME
    unset PYTHONHOME
fi

if [ -z "${VIRTUAL_ENV_DISABLE_PROMPT-}" ]; then
    _OLD_VIRTUAL_PS1=${PS1-}
    PS1=@@SHOWN@@${PS1-}
fi

hash -r 2>/dev/null || true
"""

FISH = """\
# Source this file from fish; `deactivate` undoes it.

function deactivate -d "Leave the virtual environment"
    if set -q _OLD_VIRTUAL_PATH
        set -gx PATH $_OLD_VIRTUAL_PATH
        set -e _OLD_VIRTUAL_PATH
    end

    if set -q _OLD_VIRTUAL_PYTHONHOME
        set -gx PYTHONHOME $_OLD_VIRTUAL_PYTHONHOME
        set -e _OLD_VIRTUAL_PYTHONHOME
    end

    if functions -q _old_fish_prompt
        functions -e fish_prompt
        functions -c _old_fish_prompt fish_prompt
        functions -e _old_fish_prompt
        set -e _OLD_FISH_PROMPT_OVERRIDE
    end

    set -e VIRTUAL_ENV
    set -e VIRTUAL_ENV_PROMPT

    if test "$argv[1]" != nondestructive
        functions -e deactivate
    end
end

deactivate nondestructive

set -gx VIRTUAL_ENV @@ROOT@@
set -gx VIRTUAL_ENV_PROMPT @@PROMPT@@
set -gx _OLD_VIRTUAL_PATH $PATH
set -gx PATH "$VIRTUAL_ENV/@@SCRIPTS@@" $PATH

if set -q PYTHONHOME
    set -gx _OLD_VIRTUAL_PYTHONHOME $PYTHONHOME
    set -e PYTHONHOME
end

if test -z "$VIRTUAL_ENV_DISABLE_PROMPT"; and functions -q fish_prompt
    functions -c fish_prompt _old_fish_prompt

    function fish_prompt
        # The old prompt may show this status: give it back after our own command.
        set -l last_status $status
        printf '(%s) ' $VIRTUAL_ENV_PROMPT
        _virtual_env_status $last_status
        _old_fish_prompt
    end

    function _virtual_env_status
        return $argv[1]
    end
end
"""

POWERSHELL = """\
# Run this file from PowerShell with a dot before it; `deactivate` undoes it.

# Whichever tool made the environment that is active, it knows how to leave it.
if (Test-Path function:deactivate) { deactivate -NonDestructive }

function global:deactivate ([switch] $NonDestructive) {
    if (Test-Path variable:global:_OLD_VIRTUAL_PATH) {
        $env:PATH = $global:_OLD_VIRTUAL_PATH
        Remove-Variable -Name _OLD_VIRTUAL_PATH -Scope global
    }

    if (Test-Path variable:global:_OLD_VIRTUAL_PYTHONHOME) {
        $env:PYTHONHOME = $global:_OLD_VIRTUAL_PYTHONHOME
        Remove-Variable -Name _OLD_VIRTUAL_PYTHONHOME -Scope global
    }

    if (Test-Path function:_old_virtual_prompt) {
        Copy-Item -Path function:_old_virtual_prompt -Destination function:prompt
        Remove-Item -Path function:_old_virtual_prompt
    }

    foreach ($name in 'VIRTUAL_ENV', 'VIRTUAL_ENV_PROMPT') {
        if (Test-Path "env:$name") { Remove-Item "env:$name" }
    }

    if (-not $NonDestructive) { Remove-Item -Path function:deactivate }
}

$env:VIRTUAL_ENV = @@ROOT@@
$env:VIRTUAL_ENV_PROMPT = @@PROMPT@@
$global:_OLD_VIRTUAL_PATH = $env:PATH
$env:PATH = [IO.Path]::Combine($env:VIRTUAL_ENV, '@@SCRIPTS@@') + [IO.Path]::PathSeparator + $env:PATH

if (Test-Path env:PYTHONHOME) {
    $global:_OLD_VIRTUAL_PYTHONHOME = $env:PYTHONHOME
    Remove-Item env:PYTHONHOME
}

if (-not $env:VIRTUAL_ENV_DISABLE_PROMPT) {
    function global:_old_virtual_prompt { '' }
    Copy-Item -Path function:prompt -Destination function:_old_virtual_prompt

    function global:prompt {
        Write-Host -NoNewline -ForegroundColor Green "($env:VIRTUAL_ENV_PROMPT) "
        _old_virtual_prompt
    }
}
"""

# Batch files are read in the console's code page: the path is the file's own place, not text in it.
BATCH = """\
@echo off
rem Call this file from cmd.exe; deactivate undoes it.
if defined _OLD_VIRTUAL_PATH call "%~dp0deactivate.bat"
for %%i in ("%~dp0..") do set "VIRTUAL_ENV=%%~fi"
set "VIRTUAL_ENV_PROMPT=@@SHOWN_NAME@@"
set "_OLD_VIRTUAL_PATH=%PATH%"
set "PATH=%VIRTUAL_ENV%\\@@SCRIPTS@@;%PATH%"
if defined PYTHONHOME set "_OLD_VIRTUAL_PYTHONHOME=%PYTHONHOME%"
set PYTHONHOME=
if defined VIRTUAL_ENV_DISABLE_PROMPT goto end
if not defined PROMPT set "PROMPT=$P$G"
set "_OLD_VIRTUAL_PROMPT=%PROMPT%"
set "PROMPT=(@@SHOWN_NAME@@) %PROMPT%"
:end
"""

BATCH_UNDO = """\
@echo off
rem Undoes activate.bat.
if defined _OLD_VIRTUAL_PATH set "PATH=%_OLD_VIRTUAL_PATH%"
if defined _OLD_VIRTUAL_PYTHONHOME set "PYTHONHOME=%_OLD_VIRTUAL_PYTHONHOME%"
if defined _OLD_VIRTUAL_PROMPT set "PROMPT=%_OLD_VIRTUAL_PROMPT%"
set _OLD_VIRTUAL_PATH=
set _OLD_VIRTUAL_PYTHONHOME=
set _OLD_VIRTUAL_PROMPT=
set VIRTUAL_ENV=
set VIRTUAL_ENV_PROMPT=
"""


def activation_scripts(root: str, prompt: str, scripts: str) -> Mapping[str, str]:
    """Return the activation scripts of the environment at ``root``, by file name.

    ``prompt`` is shown in parentheses before the shell's own; ``scripts`` is ``bin`` or ``Scripts``.
    """
    shown = f"({shown_name(prompt)}) "
    batch = {"SHOWN_NAME": shown_name(prompt), "SCRIPTS": scripts}

    def filled(template: str, root: str, prompt: str, shown: str) -> str:
        return _fill(template, {"ROOT": root, "PROMPT": prompt, "SHOWN": shown, "SCRIPTS": scripts})

    return {
        "activate": filled(SH, quote_sh(root), quote_sh(prompt), quote_sh(shown)),
        "activate.fish": filled(FISH, quote_fish(root), quote_fish(prompt), ""),
        "Activate.ps1": filled(POWERSHELL, quote_powershell(root), quote_powershell(prompt), ""),
        "activate.bat": _fill(BATCH, batch).replace("\n", "\r\n"),
        "deactivate.bat": BATCH_UNDO.replace("\n", "\r\n"),
    }


def _fill(template: str, values: Mapping[str, str]) -> str:
    """Replace ``@@NAME@@`` by its value, in one pass: what a value holds is never replaced again."""
    parts = template.split("@@")
    parts[1::2] = [values[name] for name in parts[1::2]]

    return "".join(parts)


def shown_name(prompt: str) -> str:
    """Return ``prompt`` without what a shell would expand when it shows it (``$``, backquote, ``%``...)."""
    return "".join("_" if letter in EXPANDED else letter for letter in prompt)


def shell_word(text: str) -> str:
    """Return ``text`` as a word for a POSIX shell, as it is where nothing in it needs quotes."""
    rest = "".join(letter for letter in text if letter not in PLAIN)

    return text if text and rest.isascii() and (rest.isalnum() or not rest) else quote_sh(text)


def quote_sh(text: str) -> str:
    """Quote for POSIX shells: within single quotes everything stands for itself."""
    return "'" + text.replace("'", "'\\''") + "'"


def quote_fish(text: str) -> str:
    """Quote for fish: within single quotes only the backslash and the quote are special."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def quote_powershell(text: str) -> str:
    """Quote for PowerShell: it takes curly single quotes for straight ones, so each is doubled."""
    return "'" + "".join(letter * 2 if letter in POWERSHELL_QUOTES else letter for letter in text) + "'"
