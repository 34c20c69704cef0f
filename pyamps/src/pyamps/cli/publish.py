# SPDX-License-Identifier: Apache-2.0
"""``pyamps publish``: messages from arguments, a file or standard input."""

from __future__ import annotations

import itertools
import sys
import time
from collections.abc import Iterable, Iterator
from typing import BinaryIO

import click

from .output import Progress, counted, note
from .session import TIMEOUT_MS, logged_on, server_options


@click.command("publish", short_help="Publish messages.")
@click.argument("topic")
@click.argument("data", nargs=-1)
@click.option("--file", "-f", "source", type=click.File("rb"), help="One message a line of this file; `-`: stdin.")
@click.option("--whole", is_flag=True, help="The file, or standard input, is one message.")
@click.option("--repeat", type=click.IntRange(1), default=1, show_default=True, help="Publish DATA this often.")
@click.option("--rate", type=click.FloatRange(0, min_open=True), help="Messages a second.  [default: all at once]")
@click.option("--delta", is_flag=True, help="Merge into the records of a SOW topic.")
@click.option("--quiet", "-q", is_flag=True, help="Say nothing when it went well.")
@server_options
def command(
    topic: str,
    data: tuple[str, ...],
    source: BinaryIO | None,
    whole: bool,
    repeat: int,
    rate: float | None,
    delta: bool,
    quiet: bool,
    server: str,
    message_type: str,
    name: str | None,
) -> None:
    """Publish each DATA, or each line of a file or of standard input, as one message to TOPIC.

    Returns when the server has processed all of them.

    \b
    Examples:
      pyamps publish orders '{"id": 1}' '{"id": 2}'
      generate-orders | pyamps publish orders
      pyamps publish orders --file orders.jsonl --rate 1000
      pyamps publish images --type binary --file picture.png --whole
    """
    if data and source is not None:
        raise click.UsageError("give DATA or --file, not both")
    if whole and data:
        raise click.UsageError("--whole is for --file and standard input")
    messages: Iterable[bytes] = _repeated(data, repeat) if data else _read(source or sys.stdin.buffer, whole)
    total = len(data) * repeat if data else None
    is_typed = not data and source is None and sys.stdin.isatty()
    if is_typed and not quiet:
        note("each line is a message; Ctrl-D ends")
    shown = not (quiet or is_typed)
    with logged_on(server, message_type, name) as client, Progress("messages", total, shown=shown) as progress:
        send = client.delta_publish if delta else client.publish
        interrupted = None
        try:
            for message in _paced(messages, rate):
                send(topic, message)
                progress.advance()
        except KeyboardInterrupt as error:
            interrupted = error  # What was sent arrives all the same, and is counted.
        client.publish_flush(TIMEOUT_MS)
    if not quiet:
        note(f"published {counted(progress.count, 'message')} in {progress.seconds:.2f} s")
    if interrupted is not None:
        raise interrupted


def _repeated(data: tuple[str, ...], repeat: int) -> Iterator[bytes]:
    encoded = [text.encode() for text in data]
    return itertools.chain.from_iterable(itertools.repeat(encoded, repeat))


def _read(source: BinaryIO, whole: bool) -> Iterator[bytes]:
    if whole:
        yield source.read()
        return
    for line in source:
        yield line.removesuffix(b"\n").removesuffix(b"\r")


def _paced(messages: Iterable[bytes], rate: float | None) -> Iterator[bytes]:
    """The messages, each not before its time; a late one makes the next ones catch up."""
    began = time.monotonic()
    for count, message in enumerate(messages):
        if rate is not None:
            delay = began + count / rate - time.monotonic()
            if delay > 0:
                time.sleep(delay)
        yield message
