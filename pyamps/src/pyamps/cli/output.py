# SPDX-License-Identifier: Apache-2.0
"""What the commands print: messages on standard output, progress on standard error."""

from __future__ import annotations

import base64
import json
import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import TracebackType

    import rich.progress

    import pyamps

FORMATS = ("raw", "json", "headers")
# Shown by `--format json` and `headers`, in this order, where a message has them.
HEADERS = (
    *("command", "topic", "sow_key", "bookmark", "timestamp", "correlation_id", "sub_ids", "query_id"),
    *("user_id", "lease_period", "ack_type", "status", "reason", "matches", "records_returned"),
)
# `get_matches` and the like give 0 when the header is absent; 0 there says nothing.
SHOWN_WHEN_SET = {"matches", "records_returned"}


def write_message(message: pyamps.Message, form: str, flush: bool) -> None:
    """Print one message; with ``flush`` the reader of a pipe sees it at once."""
    out = sys.stdout.buffer
    if form == "raw":
        out.write(message.get_data_raw() or b"")
        out.write(b"\n")
    elif form == "json":
        fields: dict[str, Any] = {**_headers(message), **_body(message.get_data_raw())}
        out.write(json.dumps(fields, ensure_ascii=False).encode() + b"\n")
    else:
        for name, value in _headers(message).items():
            out.write(f"{name}: {value}\n".encode())
        out.write(b"\n" + (message.get_data_raw() or b"") + b"\n\n")
    if flush:
        out.flush()


def _headers(message: pyamps.Message) -> dict[str, Any]:
    values = {name: getattr(message, f"get_{name}")() for name in HEADERS}
    return {
        name: value
        for name, value in values.items()
        if value not in (None, "") and (value or name not in SHOWN_WHEN_SET)
    }


def _body(data: bytes | None) -> dict[str, Any]:
    """The body as JSON value if it is one, else as text, else in base64."""
    if data is None:
        return {}
    try:
        return {"data": json.loads(data)}
    except ValueError:
        pass
    try:
        return {"text": data.decode()}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(data).decode()}


class Progress:
    """Shows on a terminal how far a long job is; silent elsewhere."""

    INTERVAL_S = 0.1  # Between two updates of the terminal.

    def __init__(self, noun: str, total: int | None = None, *, shown: bool = True) -> None:
        self.noun = noun
        self.total = total
        self.count = 0
        self._shown = shown and sys.stderr.isatty()
        self._bar: rich.progress.Progress | None = None
        self._began = self._latest = time.monotonic()

    def __enter__(self) -> Progress:
        if self._shown:
            import rich.console
            import rich.progress

            self._bar = rich.progress.Progress(
                rich.progress.BarColumn(),
                rich.progress.MofNCompleteColumn(),
                rich.progress.TextColumn("{task.description}, {task.fields[rate]:,.0f}/s"),
                rich.progress.TimeRemainingColumn(),
                console=rich.console.Console(stderr=True),
                transient=True,
            )
            self._bar.add_task(self.noun, total=self.total, rate=0.0)
            self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._bar is not None:
            self._bar.stop()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._began

    def advance(self) -> None:
        """One more message is done."""
        self.count += 1
        if self._bar is None or time.monotonic() - self._latest < self.INTERVAL_S:
            return
        self._latest = time.monotonic()
        task = self._bar.task_ids[0]
        self._bar.update(task, completed=self.count, rate=self.count / (self._latest - self._began))


def counted(count: int, noun: str) -> str:
    """``1 message``, ``2,000 messages``."""
    return f"{count:,} {noun}{'s' * (count != 1)}"


def note(text: str) -> None:
    """A line for people, on standard error, so that pipes carry data only."""
    print(text, file=sys.stderr)
