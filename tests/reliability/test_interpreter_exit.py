# SPDX-License-Identifier: Apache-2.0
"""REL-25, small: the interpreter ends in time and with its own code, whatever is still alive."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from broker_process import BrokerProcess
from promised_time import check_within
from raw_peer import RawPeer

SCRIPT = Path(__file__).with_name("exit_state.py")
HANGS_S = 20.0
EXIT_S = 2.0
START_S = 3.0  # Interpreter, import, session.
HELPERS = {"connected", "subscribed", "see"}
STATES = [name for name in re.findall(r"^def (\w+)", SCRIPT.read_text(), re.M) if name not in HELPERS]
CODES = {"exit_code": 7, "uncaught_exception": 1, "os_exit": 3}


@pytest.fixture(scope="module")
def feed(broker: BrokerProcess):
    """Publishes to "exit" all the time."""
    stop = threading.Event()

    def publish() -> None:
        with RawPeer(broker.port) as peer:
            peer.logon("exit-feed")
            while not stop.wait(0.002):
                peer.publish("exit", b"{}")

    thread = threading.Thread(target=publish, daemon=True)
    thread.start()
    yield
    stop.set()
    thread.join(5)


def test_there_are_enough_states():
    assert len(STATES) >= 14


@pytest.mark.parametrize("state", STATES)
def test_exit(state: str, broker: BrokerProcess, feed):
    check_within(START_S + EXIT_S, lambda: run_and_exit(state, broker.uri))


def run_and_exit(state: str, uri: str) -> float:
    began = time.monotonic()
    try:
        done = subprocess.run(
            [sys.executable, "-X", "faulthandler", str(SCRIPT), state, uri],
            capture_output=True,
            text=True,
            timeout=HANGS_S,
        )
    except subprocess.TimeoutExpired:
        pytest.fail("the interpreter did not end")
    assert done.returncode == CODES.get(state, 0), done.stderr[-2000:]
    assert "Fatal Python error" not in done.stderr
    return time.monotonic() - began
