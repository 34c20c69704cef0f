# SPDX-License-Identifier: Apache-2.0
"""How the commands find a server, log on, and turn failures into one line on standard error."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

from .output import Progress

if TYPE_CHECKING:
    import pyamps

DEFAULT_PORT = 9007
DEFAULT_SERVER = f"127.0.0.1:{DEFAULT_PORT}"
TIMEOUT_MS = 10_000  # Of a logon and of each command: long for a busy server, short for a person.

TIMEOUT_S_MAX = 4_294_967  # The library counts milliseconds in 32 bits.

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


@contextmanager
def answers_to(
    request: pyamps.Command, noun: str, total: int | None, server: str, message_type: str, name: str | None
) -> Iterator[tuple[pyamps.Client, pyamps.MessageStream, Progress]]:
    """A client that has sent a command, what comes back, and how far that is."""
    with (
        logged_on(server, message_type, name) as client,
        failures_of(request.get_topic() or ""),
        client.execute(request) as stream,
        Progress(noun, total, shown=not sys.stdout.isatty()) as progress,
    ):
        yield client, stream, progress


def lost() -> click.ClickException:
    """What came is not all."""
    return click.ClickException("the connection to the server was lost")


def seconds(context: click.Context, option: click.Parameter, value: float | None) -> float | None:
    """Check a ``--timeout``."""
    if value is not None and not 0 < value <= TIMEOUT_S_MAX:  # Also what is not a number.
        raise click.BadParameter(f"{value} is not between 0 and {TIMEOUT_S_MAX:,} seconds.")
    return value


def arriving(stream: pyamps.MessageStream, timeout: float | None) -> Iterator[pyamps.Message]:
    """Messages until none came for ``timeout`` seconds; a lost connection is a failure."""
    if timeout is not None:
        stream.timeout(max(1, round(timeout * 1000)))
    for message in stream:
        if message is None:
            return
        yield message
    raise lost()


def require(count: int | None, got: int, timeout: float | None, done: str) -> None:
    """Fail when fewer messages than asked for came in time."""
    if count is not None and got < count:
        raise click.ClickException(f"no message for {timeout:g} s; {got} of {count} {done}")
