# SPDX-License-Identifier: Apache-2.0
"""Queries about the past, wherever it is asked for."""

from __future__ import annotations

import json
import random
import re

import pytest
from raw_session import RawSession

COUNT = 300


def publish(broker) -> list[tuple[str, dict[str, int]]]:
    """Random updates, some of one time; their bookmarks and bodies in the order of the log."""
    choose = random.Random(5)
    publisher, reader = RawSession(broker, "publisher"), RawSession(broker, "reader")
    reader.ask("subscribe", t="orders", sub_id="all", opts="bookmark")
    for number in range(COUNT):
        body = json.dumps({"id": choose.randrange(12), "n": number}, separators=(",", ":"))
        publisher.send(body, c="p", t="orders")
        if choose.random() < 0.4:
            publisher.ask("flush", ack="completed")
            broker.advance(choose.choice((1, 2)))
    publisher.ask("flush", ack="completed")
    log = [(frame.header["bm"], json.loads(frame.body)) for frame in reader.settle()]
    publisher.close()
    reader.close()
    assert len(log) == COUNT
    return log


def follow(broker, bookmark: str, last: dict[str, int]) -> tuple[dict[int, int], list[dict[str, int]]]:
    """What a subscription from there begins with, and what follows until that message."""
    session = RawSession(broker, "follower")
    session.send(c="sow_and_subscribe", t="orders", cid="q", a="completed", bm=bookmark, bs=100)
    state: dict[int, int] = {}
    messages: list[dict[str, int]] = []
    while messages[-1:] != [last]:
        frame = session.receive()
        assert frame is not None
        if frame.command == "sow":
            state.update((int(key), int(n)) for key, n in re.findall(r'\{"id":(\d+),"n":(\d+)\}', frame.body))
        elif frame.command == "p":
            messages.append(json.loads(frame.body))
    session.close()
    return state, messages


@pytest.mark.parametrize("granularity", ["0s", "3s"])
def test_SOW_36_wherever_a_subscription_begins_its_state_and_what_follows_add_up(serve, granularity):
    orders = {"key": "/id", "history": {"window": "1h", "granularity": granularity}}
    broker = serve(sow={"orders": orders}, journal=True, clock="manual")
    log = publish(broker)
    states: list[dict[int, int]] = [{}]
    for _, body in log:
        states.append({**states[-1], body["id"]: body["n"]})
    for asked in range(0, COUNT - 1, 13):
        state, messages = follow(broker, log[asked][0], log[-1][1])
        begin = COUNT - len(messages)
        assert messages == [body for _, body in log[begin:]]
        assert state == states[begin]
        # With a granularity of 0 everything is known; otherwise it may begin earlier, never later.
        assert begin == asked + 1 if granularity == "0s" else begin <= asked + 1
