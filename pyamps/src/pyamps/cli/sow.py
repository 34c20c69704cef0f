# SPDX-License-Identifier: Apache-2.0
"""``pyamps sow``: the records of a state-of-the-world topic."""

from __future__ import annotations

import click

from .output import FORMATS, counted, note, write_message
from .replay import place
from .session import TIMEOUT_MS, answers_to, lost, server_options


@click.command("sow", short_help="Print the records of a topic.")
@click.argument("topic")
@click.option("--filter", "content_filter", help='Content filter, for example "/id > 10".')
@click.option("--top-n", type=click.IntRange(1), help="At most this many records.")
@click.option("--order-by", help='For example "/price DESC, /id".')
@click.option("--select", help='Fields to print, for example "-/,+/id,+/price".')
@click.option("--bookmark", help="What a topic with history was then: a bookmark, or a time, in UTC.")
@click.option("--batch-size", type=click.IntRange(1), default=100, show_default=True, help="Records a frame.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="raw", show_default=True, help="What to print.")
@server_options
def command(
    topic: str,
    content_filter: str | None,
    top_n: int | None,
    order_by: str | None,
    select: str | None,
    bookmark: str | None,
    batch_size: int,
    form: str,
    server: str,
    message_type: str,
    name: str | None,
) -> None:
    """Query TOPIC once and print its records.

    \b
    Examples:
      pyamps sow orders --filter "/status = 'open'" --top-n 10 --order-by '/price DESC'
      pyamps sow orders --select '-/,+/id,+/price'
      pyamps sow orders --bookmark 2025-03-01T14:30:00
      pyamps sow orders --format json > orders.jsonl
    """
    from pyamps import Command, Message

    request = Command("sow").set_topic(topic).set_batch_size(batch_size).set_timeout(TIMEOUT_MS)
    if content_filter is not None:
        request.set_filter(content_filter)
    if top_n is not None:
        request.set_top_n(top_n)
    if order_by is not None:
        request.set_order_by(order_by)
    if select is not None:
        request.set_options(f"select=[{select}]")
    if bookmark is not None:
        request.set_bookmark(place(bookmark))
    complete = False
    with answers_to(request, "records", None, server, message_type, name) as (_, stream, progress):
        for message in stream:
            complete = complete or message.get_command() == Message.Command.GroupEnd
            if message.get_command() == Message.Command.SOW:
                progress.advance()
                write_message(message, form, flush=stream.get_depth() == 0)
    note(counted(progress.count, "record"))
    if not complete:
        raise lost()
