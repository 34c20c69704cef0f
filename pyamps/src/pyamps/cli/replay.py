# SPDX-License-Identifier: Apache-2.0
"""``pyamps replay``: prints what the transaction log holds, and on request what comes later."""

from __future__ import annotations

import re

import click

from .output import FORMATS, counted, note, write_message
from .session import TIMEOUT_MS, answers_to, lost, server_options

PLACES = {"epoch": "0", "now": "0|1|"}
# 2025-03-01T14:30:00.5Z and shorter: the form people write, besides the one of the protocol.
TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(\.\d{1,9})?)?)?Z?")


def place(text: str) -> str:
    """The bookmark that a word, a time or a bookmark stands for."""
    if matched := TIME.fullmatch(text):
        year, month, day, hour, minute, second, fraction = matched.groups()
        return f"{year}{month}{day}T{hour or '00'}{minute or '00'}{second or '00'}{fraction or ''}Z"
    return PLACES.get(text.lower(), text)


@click.command("replay", short_help="Print messages of the transaction log.")
@click.argument("topic")
@click.option(
    "--from", "begin", default="epoch", show_default=True, help="Begin after this: epoch, now, bookmark, time."
)
@click.option("--to", "end", help="End with this: bookmark or time, which may be in the future.")
@click.option("--follow", "-f", is_flag=True, help="Go on with what comes after the end of the log.")
@click.option("--rate", help="Messages a second, bytes as 500KB, or a multiple of the original speed as 2X.")
@click.option("--max-gap", help="With a multiple: longest pause, for example 1s.")
@click.option("--filter", "content_filter", help='Content filter, for example "/id > 10".')
@click.option("--count", "-n", type=click.IntRange(1), help="End after this many messages.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="raw", show_default=True, help="What to print.")
@server_options
def command(
    topic: str,
    begin: str,
    end: str | None,
    follow: bool,
    rate: str | None,
    max_gap: str | None,
    content_filter: str | None,
    count: int | None,
    form: str,
    server: str,
    message_type: str,
    name: str | None,
) -> None:
    """Print the logged messages of TOPIC, a name or a regular expression, in the order in which they came.

    Times are UTC, as 20250301T143000 or 2025-03-01T14:30:00. Formats json and headers show each message's
    bookmark, from which a later replay goes on, and the time at which it was accepted.

    \b
    Examples:
      pyamps replay orders
      pyamps replay orders --from 2025-03-01 --to 2025-03-02 --format json
      pyamps replay orders --from '1234567890|42|' --count 10
      pyamps replay '^orders/.*' --rate 2X --max-gap 1s
      pyamps replay orders --from now --follow
    """
    from pyamps import Command

    if end is not None and follow:
        raise click.UsageError("--to and --follow exclude each other")
    options = ["timestamp", "bookmark_not_found=fail"]
    if rate is not None:
        options.append(f"rate={rate}")
    if max_gap is not None:
        options.append(f"rate_max_gap={max_gap}")
    bookmark = place(begin) if end is None else f"({place(begin)}:{place(end)}]"
    request = Command("subscribe").set_topic(topic).set_bookmark(bookmark).set_timeout(TIMEOUT_MS)
    request.set_options(",".join(options)).add_ack_type("completed")
    if content_filter is not None:
        request.set_filter(content_filter)
    with answers_to(request, "messages", count, server, message_type, name) as (_, stream, progress):
        for message in stream:
            if message.get_command() == "ack":
                if message.get_ack_type() != "completed":
                    continue
                note(f"{counted(progress.count, 'message')} in the log")
                if not follow:
                    return
                continue
            progress.advance()
            write_message(message, form, flush=progress.count == count or stream.get_depth() == 0)
            if progress.count == count:
                return
    raise lost()
