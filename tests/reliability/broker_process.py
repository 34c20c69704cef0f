# SPDX-License-Identifier: Apache-2.0
"""Starts ``broker_host.py`` and keeps its log, so that a crash of the broker is a test's failure."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

START_S = STOP_S = 30.0


def find_library() -> str:
    """AMPS_BROKER_LIBRARY, or the one in the installed package; empty when there is none."""
    if named := os.environ.get("AMPS_BROKER_LIBRARY"):
        return named
    package = importlib.util.find_spec("pyamps")
    for folder in (package.submodule_search_locations or []) if package else []:
        for path in sorted(Path(folder).parent.glob("*/**/libamps-broker.so.1")):
            return str(path)
    return ""


def logged_configuration(journal: Path, sow: str = "") -> str:
    """The setting of a broker that logs every json message in small files; ``sow`` is what stands in its SOW."""
    return f"""config=
<AMPSConfig>
  <TransactionLog>
    <JournalDirectory>{journal}</JournalDirectory>
    <JournalSize>10MB</JournalSize>
    <PreallocatedJournalFiles>1</PreallocatedJournalFiles>
    <Topic><Name>.*</Name><MessageType>json</MessageType></Topic>
  </TransactionLog>
  <SOW>{sow}</SOW>
</AMPSConfig>
"""


class BrokerProcess:
    def __init__(self, *settings: str) -> None:
        library = find_library()
        assert library, "no libamps-broker.so: install the package, or name it in AMPS_BROKER_LIBRARY"
        command = [sys.executable, str(Path(__file__).with_name("broker_host.py")), library, *settings]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._lines: list[str] = []
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read_log, daemon=True)
        self._reader.start()
        port_line = self.wait_for_log("LISTENING ", START_S)
        self.port = int(port_line.split()[1])
        self.uri = f"tcp://127.0.0.1:{self.port}/amps/json"

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def log(self) -> list[str]:
        with self._changed:
            return list(self._lines)

    def _read_log(self) -> None:
        for line in self._process.stdout:
            with self._changed:
                self._lines.append(line.rstrip("\n"))
                self._changed.notify_all()
        with self._changed:
            self._lines.append("(end of log)")
            self._changed.notify_all()

    def wait_for_log(self, text: str, wait_s: float = 20.0, start: int = 0) -> str:
        """The first line from `start` on that holds the text, whatever its case."""
        deadline = time.monotonic() + wait_s
        with self._changed:
            while True:
                for line in self._lines[start:]:
                    if text.lower() in line.lower():
                        return line
                left = deadline - time.monotonic()
                if left <= 0 or self._lines[-1:] == ["(end of log)"]:
                    raise AssertionError(f"no {text!r} in the broker's log:\n" + "\n".join(self._lines[start:][-20:]))
                self._changed.wait(left)

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def resident_bytes(self) -> int:
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def descriptors(self) -> int:
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def wait_for_descriptors(self, most: int, ask: Callable[[], object], wait_s: float = 20.0) -> None:
        """Until so few are open; ``ask`` has the broker answer something, so that time passes there."""
        deadline = time.monotonic() + wait_s
        while self.descriptors() > most and time.monotonic() < deadline:
            ask()
        assert self.descriptors() <= most

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def stop(self) -> int:
        """Ends it the friendly way; returns the exit code."""
        self._process.stdin.close()
        try:
            code = self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError("the broker did not end in time") from None
        finally:
            self._reader.join(STOP_S)
            self._process.stdout.close()
        return code

    def __enter__(self) -> BrokerProcess:
        return self

    def __exit__(self, *_exception) -> None:
        self.stop()
