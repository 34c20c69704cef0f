# SPDX-License-Identifier: Apache-2.0
"""The command line: ``pyamps`` and ``python -m pyamps``.

Exit codes: 0 done, 1 it failed and standard error says why, 2 the command line was wrong,
130 ended by Ctrl-C, 141 the reader of our output went away.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence

import click

# In the order of the help page. Each is a module of this package with a click command `command`.
COMMANDS = (
    "serve",
    "publish",
    "subscribe",
    "replay",
    "sow",
    "sow_delete",
    "queue",
    "ping",
    "explain",
    "bench",
    "config",
    "version",
)

EXIT_FAILED = 1
EXIT_INTERRUPTED = 130
EXIT_BROKEN_PIPE = 141


class CommandGroup(click.Group):
    """Imports a command's module when the command is asked for."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command = importlib.import_module(f"{__name__}.{name}").command
        assert isinstance(command, click.Command)
        return command


def _print_version(context: click.Context, _parameter: click.Parameter, is_asked: bool) -> None:
    if is_asked:
        import pyamps

        click.echo(f"pyamps {pyamps.__version__}")
        context.exit()


@click.group(cls=CommandGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    *("--version", "-V"), is_flag=True, expose_value=False, is_eager=True, callback=_print_version,
    help="Print the version of the package.",
)  # fmt: skip
def commands() -> None:
    """Publish, subscribe and serve with the AMPS protocol.

    \b
    A first try, in two terminals:
      pyamps serve
      pyamps subscribe orders --count 1 & pyamps publish orders '{"id": 1}'

    Commands talk to the server named by --server, by the variable PYAMPS_SERVER, or to
    tcp://127.0.0.1:9007/amps/json.
    """


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code.

    :param arguments: words after the program's name; default: those of the process.
    """
    try:
        # Not commands.main(), which ends the process by itself when a pipe breaks.
        with commands.make_context("pyamps", list(sys.argv[1:] if arguments is None else arguments)) as context:
            commands.invoke(context)
        sys.stdout.flush()
    except (KeyboardInterrupt, click.Abort):
        return EXIT_INTERRUPTED
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except BrokenPipeError:
        # Python flushes standard output once more at exit, and would complain there.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return EXIT_BROKEN_PIPE
    except UnicodeEncodeError as error:  # Before the wire: a word of the command line is no text.
        click.echo(f"Error: not UTF-8: {error.object!r}", err=True)
        return EXIT_FAILED
    except OSError as error:
        click.echo(f"Error: {error}", err=True)
        return EXIT_FAILED
    return 0
