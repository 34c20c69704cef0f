# SPDX-License-Identifier: Apache-2.0
"""A broker in the process of a program: what it takes, what it leaves, and how a test makes it catch up."""

from __future__ import annotations

import ctypes
import os
import pathlib
import subprocess
import sys
import threading
import time

import pytest
from raw_session import RawSession

import pyamps

STATE = {
    "sow": {"orders": "/id"},
    "views": {"totals": {"source": "orders", "projection": ["/desk", "COUNT(/id) AS /id"], "grouping": "/desk"}},
    "conflated_topics": {"copies": {"source": "orders", "interval": "1h"}},
    "queues": ["jobs"],
}
CLIENT = """
import sys
from raw_session import RawSession

class Broker:
    port = int(sys.argv[1])

subscriber, publisher = RawSession(Broker, "subscriber"), RawSession(Broker, "publisher")
subscriber.ask("sow_and_subscribe", t="orders", sub_id="o", query_id="o")
subscriber.ask("subscribe", t="jobs", sub_id="j")
subscriber.settle()
publisher.ask("p", '{"id":1,"desk":2}', t="orders", ack="persisted")
publisher.ask("p", '{"id":7}', t="jobs", ack="persisted")
seen = []
while len(seen) < 2:
    seen += subscriber.receive().ids
assert sorted(seen) == [1, 7], seen
assert publisher.ask("sow", t="totals", query_id="t")["status"] == "success"
"""


def test_EMB_05_no_thread_of_the_broker_needs_the_interpreter_lock(serve, tmp_path):
    broker = serve(journal=str(tmp_path), **STATE)
    here = pathlib.Path(__file__).parent
    child = subprocess.Popen([sys.executable, "-c", CLIENT, str(broker.port)], cwd=here)
    status = ctypes.c_int()
    # A PyDLL keeps the lock while it calls, so that no Python runs in this process until the client is done.
    ctypes.PyDLL(None).waitpid(child.pid, ctypes.byref(status), 0)
    child.returncode = os.waitstatus_to_exitcode(status.value)
    assert child.returncode == 0


@pytest.mark.parametrize("trace", [False, True])
def test_LOG_04_a_program_may_have_every_frame_as_a_line(trace):
    lines = []
    with pyamps.Broker(log=lambda level, line: lines.append((level, line)), trace=trace) as broker:
        session = RawSession(broker, "me")
        session.ask("subscribe", t="orders", sub_id="o")
        session.close()
    frames = [line for level, line in lines if level == "trace"]
    assert any('"subscribe"' in line and "received" in line for line in frames) is trace
    assert any('"a":"processed"' in line and "sent" in line for line in frames) is trace


def test_LOG_04_frames_need_a_log():
    with pytest.raises(ValueError, match="log=f"):
        pyamps.Broker(trace=True)


def held() -> tuple[int, int]:
    return len(os.listdir("/proc/self/task")), len(os.listdir("/proc/self/fd"))


def test_EMB_07_REL_39_a_stopped_broker_leaves_no_thread_descriptor_socket_or_lock(tmp_path):
    socket = tmp_path / "socket"
    sow = {"orders": {"key": "/id", "file": str(tmp_path / "orders.sow")}}
    keywords = {**STATE, "sow": sow, "journal": str(tmp_path / "journal"), "unix_path": str(socket), "admin": True}
    before = None
    for _ in range(20):
        # On the same files each time: a lock that stayed would refuse the start.
        with pyamps.Broker(**keywords) as broker:
            session = RawSession(broker, "me")
            assert session.ask("p", '{"id":1,"desk":2}', t="orders", ack="persisted")["status"] == "success"
            session.ask("subscribe", t="jobs", sub_id="j")
            with pytest.raises(pyamps.AMPSException):
                pyamps.Broker(**keywords).start()
        session.close()
        assert not socket.exists()
        if before is None:
            before = held()  # What was loaded on first use stays loaded.
        # A thread that was joined is gone from /proc a moment later.
        deadline = time.monotonic() + 10
        while held() != before and time.monotonic() < deadline:
            time.sleep(0)
        assert held() == before


def test_EMB_06_a_crash_keeps_what_was_acknowledged(tmp_path):
    broker = pyamps.Broker(journal=str(tmp_path), **STATE)
    for number in range(1, 11):
        broker.start()
        session = RawSession(broker, "me")
        body = f'{{"id":{number},"desk":1}}'
        assert session.ask("p", body, t="orders", ack="persisted")["status"] == "success"
        session.send('{"id":99}', c="p", t="elsewhere")  # Nobody was told that it is safe.
        broker.crash()
        assert not broker.is_running()
        session.close()
    with broker:
        session = RawSession(broker, "me")
        session.send(c="sow", cid="q", query_id="q", t="orders", bs=100)
        assert {number for frame in session.settle() for number in frame.ids} == set(range(1, 11))
    broker.crash()  # A stopped one stays stopped.


def query(session, topic):
    session.send(c="sow", cid="q", query_id="q", t=topic, bs=100)
    return sorted(number for frame in session.settle() for number in frame.ids)


def test_EMB_08_drain_waits_for_queues_and_conflated_topics_and_views(serve):
    state = {**STATE, "queues": {"jobs": {}, "copied_jobs": {"underlying_topic": "orders"}}}
    broker = serve(journal=True, clock="manual", **state)
    session = RawSession(broker, "me")
    for number in range(1, 101):
        session.ask("p", f'{{"id":{number},"desk":3}}', t="orders")
    assert query(session, "copies") == []  # Its interval is an hour, and the clock stands still.
    broker.drain()
    everything = list(range(1, 101))
    assert query(session, "copies") == everything
    assert query(session, "copied_jobs") == everything
    assert query(session, "totals") == [100]


def test_EMB_08_a_full_queue_is_not_waited_for(serve):
    broker = serve(journal=True, queues={"jobs": {"target_queue_depth": 1000}})
    session = RawSession(broker, "me")
    for number in range(1, 1500):
        session.send(f'{{"id":{number}}}', c="p", t="jobs")
    session.ask("p", '{"id":1500}', t="jobs")
    broker.drain()
    assert query(session, "jobs") == list(range(1, 1001))


def test_EMB_08_drain_needs_a_running_broker_and_ends_with_it(serve):
    broker = pyamps.Broker(journal=True)
    with pytest.raises(pyamps.UsageException, match="not running"):
        broker.drain()
    with broker:
        broker.drain()
        stopper = threading.Thread(target=broker.stop)
        stopper.start()
        with pytest.raises(pyamps.UsageException):
            while True:
                broker.drain()
        stopper.join()
