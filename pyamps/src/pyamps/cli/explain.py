# SPDX-License-Identifier: Apache-2.0
"""``pyamps explain``: what a content filter means, and what it says about a message."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click


@click.command("explain", short_help="Show what a content filter means.")
@click.argument("text", metavar="FILTER")
@click.argument("message", required=False)
@click.option("--format", "message_type", default="json", show_default=True, help="Message type of MESSAGE.")
@click.option(
    "--file", "path", type=click.Path(dir_okay=False, path_type=Path), help="Read MESSAGE from a file; `-`: input."
)
def command(text: str, message: str | None, message_type: str, path: Path | None) -> None:
    """Show how FILTER is understood and found, and whether it accepts MESSAGE.

    \b
    Examples:
      pyamps explain "/price > 100 AND /symbol = 'IBM'"
      pyamps explain "/qty * /px > 1e6" '{"qty": 100, "px": 20000}'
      pyamps explain "/55 = 'IBM'" --format fix --file order.fix
    """
    from pyamps.exceptions import AMPSException
    from pyamps.filter import Filter

    if message is not None and path is not None:
        raise click.UsageError("give MESSAGE or --file, not both")
    try:
        found = Filter(text, message_type)
        click.echo(found.explain(), nl=False)
        body = message if path is None else sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
        if body is not None:
            decision = "accepted" if found.matches(body) else "refused"
            click.echo(f"\nresult: {shown(found.evaluate(body))}, so it is {decision}")
    except AMPSException as error:
        raise click.ClickException(with_place(text, error)) from None


def with_place(text: str, error: Exception) -> str:
    """The error, and below it the line it is about with a caret at the place."""
    offset = getattr(error, "offset", None)
    if offset is None:
        return str(error)
    before = text.encode()[:offset].decode(errors="replace")
    line = text.split("\n")[before.count("\n")]
    column = len(before.rpartition("\n")[2])
    return f"{error}\n  {line}\n  {' ' * column}^"


def shown(value: bool | int | float | str | None) -> str:
    if value is None:
        return "NULL"
    return json.dumps(value) if not isinstance(value, bool) else str(value).upper()
