# SPDX-License-Identifier: Apache-2.0
"""``pyamps subscribe``: prints messages as they come."""

from __future__ import annotations

import click

from .output import FORMATS, note, write_message
from .session import TIMEOUT_MS, answers_to, arriving, require, seconds, server_options


@click.command("subscribe", short_help="Print messages as they arrive.")
@click.argument("topic")
@click.option("--filter", "content_filter", help='Content filter, for example "/id > 10".')
@click.option("--count", "-n", type=click.IntRange(1), help="End after this many messages.")
@click.option("--timeout", type=float, callback=seconds, help="End after SECONDS without a message.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="raw", show_default=True, help="What to print.")
@click.option("--bookmark", help="Replay from here: `0`, `recent`, or a bookmark.")
@click.option("--options", help="Options of the subscribe command, comma-separated.")
@click.option("--delta", is_flag=True, help="Only the fields that changed.")
@server_options
def command(
    topic: str,
    content_filter: str | None,
    count: int | None,
    timeout: float | None,
    form: str,
    bookmark: str | None,
    options: str | None,
    delta: bool,
    server: str,
    message_type: str,
    name: str | None,
) -> None:
    """Subscribe to TOPIC, a name or a regular expression, and print each message.

    Formats: raw prints the bodies, one a line; json one object a line with headers and body;
    headers the header fields, an empty line and the body. With --count, fewer messages than that
    before --timeout are a failure.

    \b
    Examples:
      pyamps subscribe orders
      pyamps subscribe '^orders/.*' --format json | jq .data.id
      pyamps subscribe orders --filter '/price > 100' --count 10 --timeout 5
    """
    from pyamps import Command

    request = Command("delta_subscribe" if delta else "subscribe").set_topic(topic).set_timeout(TIMEOUT_MS)
    for value, setter in (
        (content_filter, request.set_filter),
        (bookmark, request.set_bookmark),
        (options, request.set_options),
    ):
        if value is not None:
            setter(value)
    with answers_to(request, "messages", count, server, message_type, name) as (_, stream, progress):
        note(f"subscribed to {topic}")
        for message in arriving(stream, timeout):
            progress.advance()
            write_message(message, form, flush=progress.count == count or stream.get_depth() == 0)
            if progress.count == count:
                break
    require(count, progress.count, timeout, "received")
