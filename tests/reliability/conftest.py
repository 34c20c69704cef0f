# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the reliability tests: a broker in a process of its own, a bystander, a watchdog."""

from __future__ import annotations

import faulthandler
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from broker_process import BrokerProcess
from bystander import Bystander
from logged_server import LoggedServer

TEST_S = 150  # A test that takes longer hangs; all stacks are printed and the run ends.


@pytest.fixture(scope="session")
def real_stderr(request: pytest.FixtureRequest) -> Iterator[int]:
    """Where the watchdog writes: behind what pytest captures."""
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        descriptor = os.dup(2)
    yield descriptor
    os.close(descriptor)


@pytest.fixture(autouse=True)
def watchdog(real_stderr: int) -> Iterator[None]:
    faulthandler.dump_traceback_later(TEST_S, exit=True, file=real_stderr)
    yield
    faulthandler.cancel_dump_traceback_later()


CONFIGURATION = """
<AMPSConfig>
  <SOW>
    <Topic><Name>kept</Name><MessageType>json</MessageType><Key>/id</Key><Durability>transient</Durability></Topic>
    <Queue><Name>queued</Name><MessageType>json</MessageType></Queue>
  </SOW>
  <TransactionLog>
    <JournalDirectory>:temporary:</JournalDirectory>
    <Topic><Name>queued</Name><MessageType>json</MessageType></Topic>
  </TransactionLog>
</AMPSConfig>
"""


@pytest.fixture(scope="session")
def broker() -> Iterator[BrokerProcess]:
    process = BrokerProcess(f"config={CONFIGURATION}")
    yield process
    assert process.is_alive(), "the broker ended during the tests:\n" + "\n".join(process.log[-20:])
    assert process.stop() == 0


@pytest.fixture(scope="module")
def bystander(broker: BrokerProcess) -> Iterator[Bystander]:
    client = Bystander(broker.port)
    yield client
    client.stop()
    print(
        f"\nbystander: {len(client.took_s)} messages, p50 {client.share_ms(0.5):.2f} ms, "
        f"p99 {client.share_ms(0.99):.2f} ms, worst {client.worst_ms():.1f} ms"
    )
    assert client.error is None


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LoggedServer]:
    running = LoggedServer(tmp_path / "journal")
    yield running
    running.kill()
