# SPDX-License-Identifier: Apache-2.0
"""``pyamps serve``: the broker as a program.

Exit codes, the same as those of ``ampsd``: 0 stopped by a signal, 1 wrong configuration, 2 could not start.
"""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING, Any, NoReturn

import click

from .output import note
from .session import DEFAULT_PORT

if TYPE_CHECKING:
    import pyamps

EXIT_CONFIGURATION = 1
EXIT_START = 2
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LEVELS = ("trace", "debug", "info", "warning", "error")
FILE = click.Path(exists=True, dir_okay=False)


@click.command("serve", short_help="Run a broker.")
@click.option("--config", "-c", type=FILE, help="XML configuration.")
@click.option("--define", "-D", "defines", multiple=True, metavar="NAME=VALUE", help="Value of ${NAME} there.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), help=f"0: a free one.  [default: {DEFAULT_PORT}]")
@click.option("--type", "types", multiple=True, help="Serve this message type only; may be repeated with --port 0.")
@click.option("--tls-cert", "certificate", type=FILE, help="Serve TLS with this certificate chain, PEM.")
@click.option("--tls-key", "private_key", type=FILE, help="Private key of the certificate, PEM.")
@click.option("--tls-ca", "ca_file", type=FILE, help="Clients must show a certificate of this authority, PEM.")
@click.option("--sow", "topics", multiple=True, metavar="TOPIC=/KEY", help="Keep the latest message of each key.")
@click.option("--unix", "unix_path", type=click.Path(), help="Listen on this Unix socket too.")
@click.option(
    "--log", "level", type=click.Choice(LEVELS), default="warning", show_default=True, help="Log from here up."
)
@click.option("--check", is_flag=True, help="Try all a start does, change nothing, exit.")
@click.option("--dump", is_flag=True, help="Print the effective configuration, then exit.")
@click.option("--sample", is_flag=True, help="Print a commented configuration, then exit.")
@click.pass_context
def command(
    context: click.Context,
    /,
    defines: tuple[str, ...],
    port: int | None,
    types: tuple[str, ...],
    topics: tuple[str, ...],
    level: str,
    check: bool,
    dump: bool,
    sample: bool,
    **settings: Any,
) -> None:
    """Serve until Ctrl-C.

    Prints one URI a line on standard output when clients can connect.

    \b
    Examples:
      pyamps serve
      pyamps serve --port 0 --type json --type binary
      pyamps serve --sow orders=/id --sow trades=/venue,/number
      pyamps serve --tls-cert server.pem --tls-key server.key
      pyamps serve --sample > broker.xml && pyamps serve --config broker.xml
    """
    import pyamps
    from pyamps.broker import sample_configuration

    if sample:
        click.echo(sample_configuration(), nl=False)
        return
    if port is None:
        port = 0 if settings["config"] else DEFAULT_PORT
    _check_use(settings, types, port)
    try:
        broker = pyamps.Broker(
            port=port,
            message_types=types or None,
            variables=_variables(defines),
            sow=_topics(topics),
            log=_logger(level),
            trace=level == "trace",
            **settings,
        )
    except pyamps.AMPSException as error:
        _fail(context, error, EXIT_CONFIGURATION)
    if dump:
        click.echo(broker.configuration(), nl=False)
    if check:
        _check(context, broker)
    if not (check or dump):
        _serve(context, broker)


def _check_use(settings: dict[str, Any], types: tuple[str, ...], port: int) -> None:
    if (settings["certificate"] is None) != (settings["private_key"] is None):
        raise click.UsageError("--tls-cert and --tls-key belong together")
    if settings["ca_file"] is not None and settings["certificate"] is None:
        raise click.UsageError("--tls-ca needs --tls-cert")
    if len(types) > 1 and port != 0:
        raise click.UsageError("each message type has a port of its own: use --port 0, or --config")


def _variables(defines: tuple[str, ...]) -> dict[str, str] | None:
    pairs = [define.partition("=") for define in defines]
    for name, equals, _ in pairs:
        if not equals:
            raise click.UsageError(f"--define {name} has no value; write NAME=VALUE")
    return {name: value for name, _, value in pairs} or None


def _topics(given: tuple[str, ...]) -> dict[str, list[str] | None] | None:
    pairs = [topic.partition("=") for topic in given]
    return {name: keys.split(",") if keys else None for name, _, keys in pairs} or None


def _logger(level: str) -> Any:
    shown = set(LEVELS[LEVELS.index(level) :])

    def log(line_level: str, line: str) -> None:
        if line_level in shown:
            print(f"{line_level}: {line}", file=sys.stderr, flush=True)

    return log


def _check(context: click.Context, broker: pyamps.Broker) -> None:
    import pyamps

    try:
        broker.check()
    except pyamps.AMPSException as error:
        _fail(context, error, EXIT_START)


def _serve(context: click.Context, broker: pyamps.Broker) -> None:
    import pyamps

    # Blocked before the broker's threads begin, so that they inherit it and sigwait gets the signal.
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    try:
        broker.start()
    except pyamps.AMPSException as error:
        _fail(context, error, EXIT_START)
    try:
        for address in broker.addresses:
            click.echo(broker.uri(address["message_type"] or "json", transport=address["type"]))
        if not all(address["message_type"] for address in broker.addresses):
            note("other message types in place of json work too; Ctrl-C stops")
        sys.stdout.flush()
        signal.sigwait(STOP_SIGNALS)
    finally:
        broker.stop()


def _fail(context: click.Context, error: Exception, code: int) -> NoReturn:
    click.echo(f"Error: {error}", err=True)
    context.exit(code)
