# SPDX-License-Identifier: Apache-2.0
"""REL-08, small: random sessions, partly broken, never end the broker or disturb others.

AMPS_TEST_SEED repeats a run, AMPS_TEST_SESSIONS makes it longer.
"""

from __future__ import annotations

import contextlib
import os
import random

from broker_process import BrokerProcess
from bystander import Bystander
from frames import ROWS
from raw_peer import Closed, RawPeer, frame

SESSIONS = int(os.environ.get("AMPS_TEST_SESSIONS", "150"))
SEED = int(os.environ.get("AMPS_TEST_SEED", str(random.SystemRandom().randrange(1 << 32))))
COMMANDS = (
    "p delta_publish subscribe delta_subscribe sow sow_and_subscribe sow_and_delta_subscribe sow_delete unsubscribe "
    "flush heartbeat logon ack stop_timer start_timer group_begin nonsense"
).split()
TOPICS = ["odd", "odd.*", "^o", "", "/AMPS/devnull", "/AMPS/ClientStatus", "/AMPS/other", "((", "é" * 10, "x" * 2000]
OPTIONS = [
    "",
    "replace",
    "none",
    "start,1",
    "beat",
    "stop",
    "conflation=1s",
    "select=[-/,+/a]",
    "top_n=5",
    "a=[b,c",
    ",,,",
]
ACKS = ["", "none", "received", "processed", "completed,persisted", "stats", "received,parsed,processed,bogus"]
IDS = ["1", "2", "odd", "", "all", "1,2,3", "x" * 1500, 'q"uote\\']


def random_command(random_: random.Random) -> bytes:
    fields: dict[str, object] = {"c": random_.choice(COMMANDS)}
    choices = {"t": TOPICS, "cid": IDS, "sub_id": IDS, "query_id": IDS, "a": ACKS, "opts": OPTIONS}
    for key, values in choices.items():
        if random_.random() < 0.6:
            fields[key] = random_.choice(values)
    for key in ("s", "bs", "top_n", "e", "l", "filter", "bm", "k", "zz"):
        if random_.random() < 0.1:
            fields[key] = random_.choice([0, 1, -1, 1 << 63, 1 << 64, "0", "0|1|", "recent", "/a = 1", True, None])
    return frame(fields, random_.choice([b"", b"{}", b"}{", os.urandom(20), b"x" * 5000]))


def random_bytes(random_: random.Random) -> bytes:
    """Mostly commands; some rows of the table; some bytes changed or cut off."""
    pieces = [random_command(random_) for _ in range(random_.randrange(1, 30))]
    if random_.random() < 0.2:
        pieces.append(random_.choice([row for row in ROWS if row.id not in ("F07", "F08", "F18")]).bytes_for("b"))
    data = bytearray(b"".join(pieces))
    if random_.random() < 0.3:
        for _ in range(random_.randrange(1, 5)):
            data[random_.randrange(len(data))] = random_.randrange(256)
    if random_.random() < 0.2:
        del data[random_.randrange(len(data)) :]
    return bytes(data)


def live(random_: random.Random, port: int, number: int) -> None:
    # ValueError: our parser is simpler than what the broker may send back.
    with contextlib.suppress(Closed, TimeoutError, KeyError, ValueError), RawPeer(port) as peer:
        if random_.random() < 0.9:
            peer.logon(f"random-{number}")
        data = random_bytes(random_)
        cut = random_.randrange(len(data) + 1)
        peer.send(data[:cut])
        if random_.random() < 0.5:
            with contextlib.suppress(TimeoutError):
                peer.read_frame(0.01)
        peer.send(data[cut:])
        ending = random_.random()
        if ending < 0.3:
            peer.reset()
        elif ending < 0.6:
            peer.send(frame({"c": "flush", "cid": "end", "a": "processed"}))
            peer.ack("end", 0.2)


def test_random_sessions(broker: BrokerProcess):
    print(f"AMPS_TEST_SEED={SEED}")
    random_ = random.Random(SEED)
    bystander = Bystander(broker.port)
    bystander.check()
    for number in range(SESSIONS):
        live(random_, broker.port, number)
        assert broker.is_alive(), f"the broker ended in session {number} of seed {SEED}"
    bystander.check(more=20)
    bystander.stop()
    assert bystander.error is None
