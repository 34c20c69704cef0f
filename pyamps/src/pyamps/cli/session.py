# SPDX-License-Identifier: Apache-2.0
"""How the commands find a server, log on, and turn failures into one line on standard error."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    import pyamps

DEFAULT_PORT = 9007
DEFAULT_SERVER = f"127.0.0.1:{DEFAULT_PORT}"
TIMEOUT_MS = 10_000  # Of a logon and of each command: long for a busy server, short for a person.

Function = TypeVar("Function", bound=Callable[..., Any])


def server_options(function: Function) -> Function:
    """The options of every command that talks to a server."""
    for option in (
        click.option("--name", help="Client name.  [default: a unique one]"),
        click.option("--type", "message_type", default="json", show_default=True, help="Message type, for HOST:PORT."),
        click.option(
            *("--server", "-s"),
            envvar="PYAMPS_SERVER",
            default=DEFAULT_SERVER,
            show_default=True,
            show_envvar=True,
            help="URI, or HOST:PORT.",
        ),
    ):
        function = option(function)
    return function


def full_uri(server: str, message_type: str) -> str:
    """The URI a short form stands for: ``host:port``, ``host`` or a URI as it is."""
    if "://" in server:
        return server
    return f"tcp://{server if ':' in server else f'{server}:{DEFAULT_PORT}'}/amps/{message_type}"


@contextmanager
def failures_shown() -> Iterator[None]:
    """Turn the library's exceptions into a message and exit code 1."""
    import pyamps

    try:
        yield
    except pyamps.ConnectionRefusedException as error:
        raise click.ClickException(f"{error}\nIs a server running there? `pyamps serve` starts one.") from error
    except pyamps.AMPSException as error:
        raise click.ClickException(str(error) or type(error).__name__) from error


@contextmanager
def failures_of(topic: str) -> Iterator[None]:
    """Say which topic a command was refused for: the server's reason does not."""
    import pyamps

    try:
        yield
    except pyamps.CommandException as error:
        raise click.ClickException(f"topic {topic!r}: {error}") from error


@contextmanager
def logged_on(server: str, message_type: str, name: str | None) -> Iterator[pyamps.Client]:
    """A client that is connected and logged on, closed at the end."""
    import pyamps

    with failures_shown():
        client = pyamps.Client(name)
        try:
            client.connect(full_uri(server, message_type))
            client.logon(TIMEOUT_MS)
            yield client
        finally:
            client.close()
