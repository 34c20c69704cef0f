# SPDX-License-Identifier: Apache-2.0
"""REL-31, small: what strangers may cost before they have logged on."""

from __future__ import annotations

import contextlib
import select
import struct
import time

import pytest
from broker_process import BrokerProcess
from bystander import Bystander
from raw_peer import Closed, RawPeer

MIB = 1 << 20
LOGON_TIMEOUT_MS = 1500
SLACK_S = 10.0
STRANGERS = 200
BYTES_EACH = 64 * 1024
FIXED_BYTES = 16 * MIB


def wait_until_read(peers: list[RawPeer]) -> None:
    """The kernel holds nothing back: every peer can write again."""
    for peer in peers:
        select.select([], [peer.socket], [], 5)


@pytest.mark.parametrize("length", [65_536, 65_000])
def test_large_lengths_cost_no_memory(length: int):
    with BrokerProcess("LOGON_TIMEOUT_MS=20000") as broker:
        bystander = Bystander(broker.port)
        bystander.check()
        before = broker.resident_bytes()
        strangers = [RawPeer(broker.port) for _ in range(STRANGERS)]
        for stranger in strangers:
            stranger.send(struct.pack(">I", length) + b"{" * 1000)
        wait_until_read(strangers)
        bystander.check(more=20)
        assert broker.resident_bytes() - before < STRANGERS * BYTES_EACH + FIXED_BYTES
        for stranger in strangers:
            stranger.close()
        bystander.check()
        bystander.stop()


def test_logon_must_be_complete_by_the_deadline_however_slowly_bytes_come():
    """One byte at a time does not prolong it."""
    with BrokerProcess(f"LOGON_TIMEOUT_MS={LOGON_TIMEOUT_MS}") as broker, RawPeer(broker.port) as peer:
        began = time.monotonic()
        data = struct.pack(">I", 5000) + b'{"c":"logon","client_name":"' + b"x" * 4000
        deadline = began + LOGON_TIMEOUT_MS / 1000 + SLACK_S
        with contextlib.suppress(Closed):
            for i in range(len(data)):
                peer.send(data[i : i + 1])
                with contextlib.suppress(TimeoutError):
                    peer.read_some(time.monotonic() + 0.01)
                assert time.monotonic() < deadline, "still connected"
        took = time.monotonic() - began
        assert LOGON_TIMEOUT_MS / 1000 * 0.6 <= took <= LOGON_TIMEOUT_MS / 1000 + SLACK_S


def test_silence_before_logon_ends_at_the_deadline():
    with BrokerProcess(f"LOGON_TIMEOUT_MS={LOGON_TIMEOUT_MS}") as broker, RawPeer(broker.port) as peer:
        began = time.monotonic()
        peer.wait_closed(LOGON_TIMEOUT_MS / 1000 + SLACK_S)
        assert time.monotonic() - began >= LOGON_TIMEOUT_MS / 1000 * 0.9


def test_a_client_that_logged_on_is_not_ended_by_the_deadline():
    with BrokerProcess(f"LOGON_TIMEOUT_MS={LOGON_TIMEOUT_MS}") as broker, RawPeer(broker.port) as peer:
        peer.logon("patient")
        with pytest.raises(TimeoutError):
            peer.wait_closed(LOGON_TIMEOUT_MS / 1000 + 0.3)
        assert peer.is_usable()


def test_connections_over_the_limit_are_refused_and_the_others_live():
    with BrokerProcess("CONNECTIONS_MAX=5") as broker:
        peers = [RawPeer(broker.port) for _ in range(5)]
        for number, peer in enumerate(peers):
            peer.logon(f"peer-{number}")
        with RawPeer(broker.port) as extra:
            extra.wait_closed(2)
        assert all(peer.is_usable() for peer in peers)
        peers.pop().close()
        end = time.monotonic() + 5
        while True:  # The broker needs a moment to see that one has gone.
            try:
                with RawPeer(broker.port) as next_one:
                    next_one.logon("next")
                    break
            except (Closed, TimeoutError):
                assert time.monotonic() < end, "no place became free"
        for peer in peers:
            peer.close()


def test_connections_leave_no_descriptors_behind():
    with BrokerProcess() as broker:
        with RawPeer(broker.port) as witness:
            witness.logon("witness")
            before = broker.descriptors()
            for number in range(300):
                peer = RawPeer(broker.port)
                if number % 3 == 0:
                    peer.logon(f"guest-{number}")
                if number % 3 == 1:
                    peer.reset()
                else:
                    peer.close()
            broker.wait_for_descriptors(before, witness.is_usable)
