# SPDX-License-Identifier: Apache-2.0
"""``pyamps queue``: how full a queue is, and its messages one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .output import FORMATS, counted, note, write_message
from .session import (
    TIMEOUT_MS,
    answers_to,
    arriving,
    failures_of,
    logged_on,
    lost,
    require,
    seconds,
    server_options,
)

if TYPE_CHECKING:
    import pyamps

# What becomes of a message that was printed, and the option that says so to the server; None: nothing is said.
SETTLEMENTS = {"ack": "", "cancel": "cancel", "expire": "expire", "keep": None}


@click.group("queue", short_help="Look into a queue, or take messages from it.")
def command() -> None:
    """Message queues: each message is one consumer's at a time, until it is acknowledged.

    \b
    Examples:
      pyamps queue show jobs
      pyamps queue take jobs --count 1
      pyamps sow jobs --format json      # browse what is available
      pyamps publish jobs '{"id": 1}'
    """


def consume(topic: str, backlog: int) -> pyamps.Command:
    """A consumer, whose first message is the acknowledgement for ``check_queue``."""
    from pyamps import Command

    request = Command("subscribe").set_topic(topic).set_options(f"max_backlog={backlog}")
    return request.add_ack_type("processed").set_timeout(TIMEOUT_MS)


def check_queue(topic: str, acknowledgement: pyamps.Message) -> None:
    """The server names the backlog of consumers, and subscribers of other topics have none."""
    if "max_backlog=" not in (acknowledgement.get_options() or ""):
        raise click.ClickException(f"{topic!r} is not a queue")


@command.command("show", short_help="Print how many messages there are.")
@click.argument("topic")
@server_options
def show(topic: str, server: str, message_type: str, name: str | None) -> None:
    """Print how many messages the queue TOPIC has: all, available, leased to a consumer.

    \b
    Examples:
      pyamps queue show jobs
    """
    from pyamps import Command

    # An acknowledgement that fits nothing looks at every message, a query at those that are available.
    everything = Command("sow_delete").set_topic(topic).set_filter("1 = 0")
    available = Command("sow").set_topic(topic).set_top_n(0)
    with logged_on(server, message_type, name) as client, failures_of(topic):
        with client.execute(consume(topic, 1).set_filter("1 = 0")) as stream:
            check_queue(topic, next(stream))
        counts = []
        for request in (everything, available):
            request.set_timeout(TIMEOUT_MS).add_ack_type("processed,stats")
            with client.execute(request) as stream:
                answers = [message for message in stream if message.get_ack_type() == "stats"]
            if not answers:
                raise lost()
            counts.append(answers[0].get_topic_matches())
    click.echo(f"messages {counts[0]}\navailable {counts[1]}\nleased {counts[0] - counts[1]}")


@command.command("take", short_help="Print messages and settle them.")
@click.argument("topic")
@click.option("--filter", "content_filter", help='Only messages that match, for example "/id > 10".')
@click.option("--count", "-n", type=click.IntRange(1), help="End after this many messages.")
@click.option("--timeout", type=float, callback=seconds, help="End after SECONDS without a message.")
@click.option("--backlog", type=click.IntRange(1), default=1, show_default=True, help="Messages held at a time.")
@click.option(
    "--then",
    type=click.Choice(tuple(SETTLEMENTS)),
    default="ack",
    show_default=True,
    help="What becomes of a printed message: removed, given back, expired, or held until the end.",
)
@click.option("--format", "form", type=click.Choice(FORMATS), default="raw", show_default=True, help="What to print.")
@server_options
def take(
    topic: str,
    content_filter: str | None,
    count: int | None,
    timeout: float | None,
    backlog: int,
    then: str,
    form: str,
    server: str,
    message_type: str,
    name: str | None,
) -> None:
    """Consume messages of the queue TOPIC: print each, then acknowledge it.

    A message counts as done when it was written to standard output. With --then keep, messages stay leased until
    the command ends, and go back into the queue. With --count, fewer messages than that before --timeout are a failure.

    \b
    Examples:
      pyamps queue take jobs
      pyamps queue take jobs --count 10 --backlog 10 --format json | jq .data
      pyamps queue take jobs --filter '/kind = "slow"' --timeout 5
      pyamps queue take jobs --count 1 --then cancel
    """
    if then == "cancel" and count is None:
        raise click.UsageError("--then cancel needs --count: a message that is given back comes again")
    request = consume(topic, backlog)
    if content_filter is not None:
        request.set_filter(content_filter)
    with answers_to(request, "messages", count, server, message_type, name) as (client, stream, progress):
        note(f"consuming {topic}")
        for message in arriving(stream, timeout):
            if message.get_command() == "ack":
                check_queue(topic, message)
                continue
            progress.advance()
            write_message(message, form, flush=True)
            options = SETTLEMENTS[then]
            if options is not None:
                client.ack(topic, message.get_bookmark(), options)
                client.flush_acks()
            if progress.count == count:
                break
        client.flush(TIMEOUT_MS)  # The server has what was acknowledged.
    require(count, progress.count, timeout, "taken")
    note(counted(progress.count, "message"))
