# SPDX-License-Identifier: Apache-2.0
"""Runs the command line as a user does: a process with pipes."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

PROGRAM = [sys.executable, "-m", "pyamps"]
TIMEOUT_S = 60  # Far above what any command here takes on a busy machine.


class Running:
    """A started command, whose standard error can be waited for."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self.errors = b""
        self._said = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        while data := os.read(self.process.stderr.fileno(), 65536):
            with self._said:
                self.errors += data
                self._said.notify_all()

    def wait_until_said(self, text: bytes) -> None:
        with self._said:
            assert self._said.wait_for(lambda: text in self.errors, TIMEOUT_S), self.errors

    def read_line(self) -> bytes:
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def finish(self) -> tuple[int, bytes]:
        """Exit code and the rest of standard output."""
        assert self.process.stdout is not None
        rest = b"" if self.process.stdout.closed else self.process.stdout.read()
        code = self.process.wait(TIMEOUT_S)
        self._reader.join(TIMEOUT_S)
        return code, rest


class CommandLine:
    """The program, with the server it talks to."""

    def __init__(self, uri: str) -> None:
        self.uri = uri
        self.environment = {**os.environ, "PYAMPS_SERVER": uri}

    def run(self, *words: str, given: bytes = b"", server: str | None = None) -> subprocess.CompletedProcess[bytes]:
        environment = {**self.environment, "PYAMPS_SERVER": server or self.uri}
        command = [*PROGRAM, *words]
        return subprocess.run(command, input=given, capture_output=True, env=environment, timeout=TIMEOUT_S)

    @contextmanager
    def start(self, *words: str) -> Iterator[Running]:
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        with subprocess.Popen([*PROGRAM, *words], env=self.environment, **pipes) as process:
            try:
                yield Running(process)
            finally:
                process.kill()

    @contextmanager
    def subscribed(self, topic: str, *words: str) -> Iterator[Running]:
        """A `subscribe` whose subscription is in place."""
        with self.start("subscribe", topic, *words) as running:
            running.wait_until_said(b"subscribed to ")
            yield running
