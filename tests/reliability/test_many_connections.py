# SPDX-License-Identifier: Apache-2.0
"""REL-22, small: many connections that come, go, stay half open; and no descriptor left for one more."""

from __future__ import annotations

import resource
import time
from pathlib import Path

from broker_process import BrokerProcess
from bystander import Bystander
from raw_peer import Closed, RawPeer

MIB = 1 << 20
ROUNDS = 4
EACH_ROUND = 250
HELD = 300


def churn(port: int, number: int) -> None:
    peer = RawPeer(port)
    if number % 4 == 0:
        peer.logon(f"guest-{number}")
    elif number % 4 == 1:
        peer.send(b"\0\0\1\0{")
    if number % 3 == 0:
        peer.reset()
    else:
        peer.close()


def threads(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


def test_connections_that_come_and_go_leave_nothing_behind():
    with BrokerProcess("CONNECTIONS_MAX=2000") as broker, RawPeer(broker.port) as witness:
        witness.logon("witness")
        bystander = Bystander(broker.port)
        bystander.check()
        before = broker.descriptors()
        held = [RawPeer(broker.port) for _ in range(HELD)]  # Half open: they say nothing.
        while broker.descriptors() < before + HELD:
            assert witness.is_usable()
        descriptors, tasks = broker.descriptors(), threads(broker.pid)
        sizes = []
        for round_number in range(ROUNDS):
            for number in range(EACH_ROUND):
                churn(broker.port, round_number * EACH_ROUND + number)
            broker.wait_for_descriptors(descriptors, witness.is_usable)
            sizes.append(broker.resident_bytes())
        assert threads(broker.pid) == tasks
        assert sizes[-1] - sizes[0] < 4 * MIB  # The first round fills what is kept for the next.
        bystander.check()
        bystander.stop()
        for peer in held:
            peer.close()


def test_without_a_descriptor_for_one_more_connection_the_others_go_on():
    with BrokerProcess("CONNECTIONS_MAX=2000") as broker:
        bystander = Bystander(broker.port)
        bystander.check()
        limit = broker.descriptors() + 20
        resource.prlimit(broker.pid, resource.RLIMIT_NOFILE, (limit, limit))
        peers = [RawPeer(broker.port) for _ in range(60)]
        bystander.check(more=20)
        before = cpu_seconds(broker.pid)
        bystander.check(more=100)  # At least half a second.
        assert cpu_seconds(broker.pid) - before < 0.4, "it spins"
        for peer in peers:
            peer.close()
        end = time.monotonic() + 10
        while True:
            try:
                with RawPeer(broker.port) as late:
                    late.logon("late")
                    break
            except (Closed, TimeoutError):
                assert time.monotonic() < end, "nobody is let in again"
        assert bystander.error is None
        bystander.stop()


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100
