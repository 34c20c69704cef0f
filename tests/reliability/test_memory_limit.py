# SPDX-License-Identifier: Apache-2.0
"""REL-20, small: a broker whose process may have no more memory refuses what is too large for it, and goes on."""

from __future__ import annotations

import contextlib
import resource
import struct
from pathlib import Path

from broker_process import BrokerProcess
from bystander import Bystander
from raw_peer import Closed, RawPeer

MIB = 1 << 20


def address_space_bytes(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[0]) * resource.getpagesize()


def test_a_message_that_finds_no_memory_costs_its_connection_only():
    with BrokerProcess() as broker, RawPeer(broker.port) as peer:
        bystander = Bystander(broker.port)
        bystander.check()
        peer.logon("large")
        limit = address_space_bytes(broker.pid) + 48 * MIB
        resource.prlimit(broker.pid, resource.RLIMIT_AS, (limit, limit))
        header = b'{"c":"p","t":"large"}'
        with contextlib.suppress(Closed):  # It need not read all of it.
            peer.send(struct.pack(">I", len(header) + 150 * MIB) + header)
            for _ in range(150):
                peer.send(b"x" * MIB)
        with contextlib.suppress(Closed):
            peer.wait_closed(5)
        broker.wait_for_log("there is no memory for a message of its size", 5)
        bystander.check(more=20)
        with RawPeer(broker.port) as other:
            other.logon("other")
            assert other.is_usable()
        bystander.stop()
