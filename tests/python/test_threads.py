# SPDX-License-Identifier: Apache-2.0
"""Threads, the GIL, signals, fork, and the end of the interpreter."""

from __future__ import annotations

import collections
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time

import pytest

import pyamps as AMPS
from pyamps.testing import Collector, wait_until


def child(program, *arguments, timeout=60):
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program), *arguments],
        capture_output=True, text=True, check=False, timeout=timeout,
    )  # fmt: skip


PREAMBLE = """
import os, signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # Background jobs begin with SIGINT ignored.
import os, signal, sys, threading, time
import pyamps as AMPS
client = AMPS.Client()
client.connect(sys.argv[1])
client.logon(10_000)
"""


def test_publishes_from_many_threads(client, topic):
    """The order of each thread is kept."""
    got = Collector()
    client.subscribe(got, topic)

    def publish(name):
        for n in range(500):
            client.publish(topic, f"{name} {n}")

    threads = [threading.Thread(target=publish, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    got.wait_for(1500)
    for name in "abc":
        numbers = [int(data.split()[1]) for data in got.data if data.startswith(name)]
        assert numbers == list(range(500))


def test_handlers_of_one_thread(client, topic):
    """5.4: one receive thread; locals of that thread persist."""
    local, counts = threading.local(), []

    def handler(message):
        local.count = getattr(local, "count", 0) + 1
        counts.append((local.count, threading.get_ident()))

    client.subscribe(handler, topic)
    for _ in range(100):
        client.publish(topic, "x")
        if len(counts) % 10 == 0:
            client.flush(10_000)
    wait_until(lambda: len(counts) == 100)
    assert [count for count, _ in counts] == list(range(1, 101))
    assert len({ident for _, ident in counts}) == 1


@pytest.mark.parametrize("handler", [lambda message: None, collections.deque(maxlen=5).append, str])
def test_other_threads_run_during_a_flood(client, other, topic, handler):
    """Point 4 of the performance chapter: a handler written in C lets go of the GIL, too."""
    client.subscribe(handler, topic)
    stop = threading.Event()

    def flood():
        while not stop.is_set():
            for _ in range(100):
                other.publish(topic, "x" * 100)

    thread = threading.Thread(target=flood)
    thread.start()
    try:
        for _ in range(20):
            before = time.monotonic()
            time.sleep(0)
            assert time.monotonic() - before < 5
    finally:
        stop.set()
        thread.join()


def test_waiting_calls_release_the_gil(client, topic):
    """2: every waiting call."""
    ran = threading.Event()
    stream = client.subscribe(topic).timeout(10_000)
    threading.Timer(0.01, lambda: (ran.set(), client.publish(topic, "x"))).start()
    assert next(stream).get_data() == "x"
    assert ran.is_set()


@pytest.mark.parametrize(
    "wait",
    [
        "next(client.subscribe('never'))",
        "client.subscribe(lambda message: time.sleep(60), 'held'); client.publish('held', 'x');"
        " next(client.subscribe('never'))",
        "client.subscribe(lambda message: time.sleep(60), 'held'); client.publish('held', 'x');"
        " client.flush(); client.close()",
        "ha = AMPS.HAClient(no_store=True);"
        " ha.set_server_chooser(AMPS.DefaultServerChooser().add('tcp://127.0.0.1:1/amps/json'));"
        " ha.set_reconnect_delay(60_000); ha.connect_and_logon()",
    ],
)
def test_ctrl_c_ends_a_wait(broker, wait):
    """4.4: within 100 ms, as KeyboardInterrupt in the main thread."""
    program = PREAMBLE + (
        "def interrupt():\n"
        "    time.sleep(0.2)\n"
        "    globals()['sent'] = time.monotonic()\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "threading.Thread(target=interrupt).start()\n"
        f"try:\n    {wait}\n"
        "except KeyboardInterrupt:\n"
        "    print(time.monotonic() - sent)\n"
        "    sys.stdout.flush()\n"
        "    os._exit(0)\n"
    )
    result = child(program, broker.uri("json"))
    assert result.returncode == 0, result.stderr
    assert float(result.stdout) < 1  # 0.1 s on an idle machine.


def test_signal_handlers_that_do_not_raise(broker):
    """The wait goes on; what a handler raises is raised."""
    program = (
        PREAMBLE
        + """
def ignore(number, frame): print("seen", flush=True)
def stop(number, frame): raise LookupError("mine")
signal.signal(signal.SIGUSR1, ignore)
signal.signal(signal.SIGUSR2, stop)
def send():
    os.kill(os.getpid(), signal.SIGUSR1)
    time.sleep(0.3)
    os.kill(os.getpid(), signal.SIGUSR2)
threading.Thread(target=send).start()
try: next(client.subscribe("never"))
except LookupError as error: print(error)
"""
    )
    result = child(program, broker.uri("json"))
    assert result.stdout.split() == ["seen", "mine"], result.stderr


def test_fork(broker):
    """5.4: UsageException in the child; the parent goes on."""
    program = (
        PREAMBLE
        + """
pid = os.fork()
if pid == 0:
    try: client.publish("t", "x")
    except AMPS.UsageException: os._exit(7)
    os._exit(1)
assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 7
pid = os.fork()
if pid == 0:
    sys.exit(3)
assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 3
client.flush(10_000)
print("fine")
"""
    )
    result = child(program, broker.uri("json"))
    assert result.stdout == "fine\n", result.stderr


@pytest.mark.parametrize(
    "state",
    [
        "pass",
        "client.subscribe(print, 't')",
        "keep = client.subscribe('t')",
        "client.subscribe(lambda message: time.sleep(60), 't'); client.publish('t', 'x'); client.flush(10_000)",
        "exec('def spin(m):\\n while True: pass'); client.subscribe(spin, 't'); client.publish('t', 'x');"
        " client.flush(10_000)",
        "client.subscribe(lambda m: client.publish('t', 'x'), 't'); [client.publish('t', 'x') for _ in range(50)]",
        "client.set_exception_listener(print); client.set_transport_filter(lambda data, incoming: None)",
        "client.me = client; client.subscribe(lambda m, c=client: None, 't')",
        "broker = AMPS.Broker().start(); other = AMPS.Client(); other.connect(broker.uri()); other.logon()",
        "broker = AMPS.Broker(log=lambda level, line: None).start()",
    ],
)
def test_interpreter_exit(broker, state):
    """5.4: no hang, no crash, the exit code kept, whatever is still running."""
    began = time.monotonic()
    result = child(PREAMBLE + state + "\nsys.exit(5)", broker.uri("json"), timeout=30)
    assert result.returncode == 5, result.stderr
    assert time.monotonic() - began < 20


def test_client_made_on_another_thread(broker, topic):
    """The import and the client may belong to any thread."""
    program = """
import sys, threading
def work():
    import pyamps
    client = pyamps.Client(); client.connect(sys.argv[1]); client.logon(10_000)
    stream = client.subscribe("t"); client.publish("t", "x"); print(next(stream).get_data())
thread = threading.Thread(target=work); thread.start(); thread.join()
"""
    result = child(program, broker.uri("json"))
    assert result.stdout == "x\n", result.stderr
    assert os.getpid()
    assert signal.getsignal(signal.SIGINT)


def test_stuck_handler_does_not_hold_up_commands(client, topic):
    """Acknowledgements never wait for Python: commands work while a handler is stuck."""
    release, entered, got = threading.Event(), threading.Event(), Collector()

    def stuck(message):
        entered.set()
        release.wait(30)

    client.subscribe(stuck, topic)
    client.publish(topic, "x")
    assert entered.wait(10)
    try:
        client.flush(10_000)
        client.subscribe(got, topic + "/more")
        client.publish(topic + "/more", "y")
        client.publish_flush(10_000)
    finally:
        release.set()
    got.wait_for(1)


def test_reference_counts_stay_flat(client, topic):
    """Nothing is kept for messages, handlers and streams that are gone."""
    import gc

    def round_trip():
        got = Collector()
        sub_id = client.subscribe(got, topic)
        stream = client.subscribe(topic)
        for _ in range(20):
            client.publish(topic, "x")
        got.wait_for(20)
        client.unsubscribe(sub_id)
        stream.close()
        del stream
        client.flush(10_000)

    def count():
        gc.collect()
        return sum(isinstance(thing, (Collector, AMPS.MessageStream)) for thing in gc.get_objects())

    round_trip()
    wait_until(lambda: count() == 0)
    for _ in range(5):
        round_trip()
    wait_until(lambda: count() == 0)
