# SPDX-License-Identifier: Apache-2.0
"""REL-12, small: a subscriber that stops reading costs bounded memory, is told off, and delays nobody."""

from __future__ import annotations

import time

from broker_process import BrokerProcess
from bystander import Bystander
from raw_peer import Closed, RawPeer, frame

MIB = 1 << 20
OUTBOX_BYTES = 8 * MIB
SETTINGS = [f"CLIENT_OUTBOX_BYTES_MAX={OUTBOX_BYTES}"]
BODY = b"x" * 1000
WAIT_S = 20.0


def stopped_subscriber(port: int, name: str) -> RawPeer:
    """Subscribes, and does not read from then on."""
    peer = RawPeer(port)
    peer.logon(name)
    peer.subscribe("flood")
    return peer


def flood(publisher: RawPeer, broker: BrokerProcess, log_start: int, at_most_s: float = WAIT_S) -> int:
    """Publishes until the broker speaks of a slow client; the number of messages it took."""
    per_batch, count = 60, 0
    batch = frame({"c": "p", "t": "flood"}, BODY) * per_batch
    end = time.monotonic() + at_most_s
    while not any("slow" in line for line in broker.log[log_start:]):
        assert time.monotonic() < end, "the stopped subscriber was never called slow"
        publisher.send(batch)
        assert publisher.is_usable()  # The broker has taken them all.
        count += per_batch
    return count


def test_a_stopped_subscriber_is_disconnected_and_nobody_else_notices():
    with BrokerProcess(*SETTINGS) as broker, RawPeer(broker.port) as publisher, RawPeer(broker.port) as reader:
        bystander = Bystander(broker.port)
        bystander.check()
        publisher.logon("flooder")
        before = broker.resident_bytes()
        stopped = stopped_subscriber(broker.port, "stopped")
        count = flood(publisher, broker, len(broker.log))
        assert count * len(BODY) >= OUTBOX_BYTES / 2, "disconnected long before its limit"
        assert broker.resident_bytes() - before < OUTBOX_BYTES + 16 * MIB
        broker.wait_for_log("stopped")  # The line names the client.
        try:
            while True:
                stopped.read_some(time.monotonic() + 5)
        except Closed:
            pass
        reader.logon("reader")
        reader.subscribe("flood", "after")
        publisher.publish("flood", b"after")
        header, body = reader.read_frame()
        assert (header["sids"], body) == ("after", b"after")
        bystander.check(more=20)
        assert bystander.share_ms(0.99) < 100
        bystander.stop()


def test_many_stopped_subscribers_share_one_limit():
    """The pool of all outboxes ends the largest, although each is below its own limit."""
    settings = [f"CLIENT_OUTBOX_BYTES_MAX={64 * MIB}", f"OUTBOX_BYTES_MAX={OUTBOX_BYTES}"]
    with BrokerProcess(*settings) as broker, RawPeer(broker.port) as publisher:
        publisher.logon("flooder")
        before = broker.resident_bytes()
        stopped = [stopped_subscriber(broker.port, f"stopped-{number}") for number in range(4)]
        flood(publisher, broker, len(broker.log))
        assert broker.resident_bytes() - before < OUTBOX_BYTES + 32 * MIB
        for peer in stopped:
            peer.close()
        assert publisher.is_usable()
