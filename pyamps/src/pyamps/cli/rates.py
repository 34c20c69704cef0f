# SPDX-License-Identifier: Apache-2.0
"""Four rates of this machine: publishing and receiving, each from Python and from C++.

The broker runs in this process, so that publisher, broker and receiver share the machine's cores.
"""

from __future__ import annotations

import ctypes
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyamps

TOPIC = "rates"
BODY = json.dumps({"id": 1_000_000, "symbol": "ABCD", "price": 101.25, "quantity": 100, "note": "x" * 20})
BATCH_COUNT = 20_000  # Published between two looks at the clock; about 2 MB, far below every bound.
DEADLINE_S = 30.0  # A batch takes milliseconds; after this, something is broken and we say so.
ROWS = ("Python publish", "vector_publish", "Python handler", "C++ handler")


@dataclass(frozen=True)
class Rate:
    """Messages in a time."""

    name: str
    messages: int
    seconds: float

    @property
    def per_second(self) -> float:
        return self.messages / self.seconds


class Samples:
    """The sample handlers, compiled against the installed package by the command their README gives."""

    def __init__(self, sources: Path, folder: Path) -> None:
        self.sources = sources
        self.folder = folder

    def build_command(self, name: str) -> list[str]:
        flags = subprocess.run(
            [sys.executable, "-m", "pyamps", "config", "--cflags", "--libs"], check=True, capture_output=True, text=True
        )
        source, library = self.sources / f"{name}.cpp", self.folder / f"lib{name}.so"
        return ["g++", "-O2", "-shared", "-fPIC", str(source), *flags.stdout.split(), "-o", str(library)]

    def load(self, name: str) -> ctypes.CDLL:
        """Compile one sample and load it."""
        subprocess.run(self.build_command(name), check=True)
        return ctypes.CDLL(str(self.folder / f"lib{name}.so"))


def measure(uri: str, samples: Samples | None, seconds: float) -> Iterator[Rate]:
    """Measure each row for about ``seconds``; without samples only what needs no compiler."""
    import pyamps

    publishers = samples.load("publishers") if samples else None
    counter = samples.load("count") if samples else None
    with pyamps.Client("rates-publisher") as publisher:
        publisher.connect(uri)
        publisher.logon()

        def publish_from_python() -> None:
            for _ in range(BATCH_COUNT):
                publisher.publish(TOPIC, BODY)

        array = (ctypes.c_char_p * BATCH_COUNT)(*[BODY.encode()] * BATCH_COUNT)

        def publish_vector() -> None:
            assert publishers is not None
            publishers.vector_publish(publisher, TOPIC.encode(), array, ctypes.c_size_t(BATCH_COUNT))

        yield _published(ROWS[0], publisher, publish_from_python, seconds)
        if publishers is not None:
            yield _published(ROWS[1], publisher, publish_vector, seconds)
        publish = publish_vector if publishers is not None else publish_from_python
        yield _received_by_python(ROWS[2], uri, publish, seconds)
        if counter is not None:
            yield _received_by_cpp(ROWS[3], uri, counter, publish, seconds)


def _published(name: str, publisher: pyamps.Client, publish: Callable[[], None], seconds: float) -> Rate:
    """Calls a second, the broker's processing of them included."""
    publish()  # Once outside the time: threads, caches and the topic exist afterwards.
    publisher.publish_flush()
    count, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        publish()
        count += BATCH_COUNT
    publisher.publish_flush()
    return Rate(name, count, time.perf_counter() - began)


def _received(name: str, publish: Callable[[], None], received: Callable[[], int], seconds: float) -> Rate:
    def batch_and_wait(expected: int) -> None:
        publish()
        deadline = time.monotonic() + DEADLINE_S
        while received() < expected:
            if time.monotonic() > deadline:
                raise RuntimeError(f"{received()} of {expected} messages received in {DEADLINE_S:g} s")
            time.sleep(0.0002)

    batch_and_wait(BATCH_COUNT)
    count, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        count += BATCH_COUNT
        batch_and_wait(BATCH_COUNT + count)
    return Rate(name, count, time.perf_counter() - began)


def _received_by_python(name: str, uri: str, publish: Callable[[], None], seconds: float) -> Rate:
    import pyamps

    count = 0

    def on_message(message: pyamps.Message) -> None:
        nonlocal count
        message.get_data_raw()
        count += 1

    with pyamps.Client("rates-python-handler") as client:
        client.connect(uri)
        client.logon()
        client.subscribe(on_message, TOPIC)
        return _received(name, publish, lambda: count, seconds)


def _received_by_cpp(name: str, uri: str, counter: ctypes.CDLL, publish: Callable[[], None], seconds: float) -> Rate:
    import pyamps

    totals = (ctypes.c_uint64 * 2)()
    with pyamps.Client("rates-cpp-handler") as client:
        client.connect(uri)
        client.logon()
        client.subscribe(pyamps.CMessageHandler(counter.count, totals), TOPIC)
        return _received(name, publish, lambda: totals[0], seconds)


def packaged_samples(folder: Path) -> Samples | None:
    """The samples of the installed package, if it has them and there is a compiler."""
    import pyamps

    sources = Path(pyamps.__file__).parent / "handlers"
    if not shutil.which("g++") or not (sources / "count.cpp").exists():
        return None
    return Samples(sources, folder)
