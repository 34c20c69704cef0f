# SPDX-License-Identifier: Apache-2.0
"""Our Python client in the same roles as its peers.

usage: amps_python.py publish PORT COUNT           publish(str, str) calls, then a flush
       amps_python.py sink PORT COUNT              the same without the flush, into `limits sink`
       amps_python.py vector LIBRARY PORT COUNT    vector_publish through ctypes, COUNT calls of 1,000
       amps_python.py receive PORT COUNT           prints READY, then counts what comes
       amps_python.py native LIBRARY PORT COUNT    the same with a C++ handler in a CMessageHandler
       amps_python.py rate PORT SECONDS            counts for that long what comes
       amps_python.py busy PORT SECONDS            the same while the main thread computes
       amps_python.py rtt PORT COUNT               the handler publishes the next message itself
       amps_python.py start PORT                   time of `import pyamps` and connect and logon
       amps_python.py memory PORT COUNT            growth of resident memory while COUNT messages come
"""

from __future__ import annotations

import ctypes
import os
import sys
import threading
import time

from measure import BODY, TIMEOUT_S, TOPIC, Count, clock, print_latency, print_result, wait_for

FLUSH_MS = int(TIMEOUT_S * 1000)


def connect(port: int):
    import pyamps

    client = pyamps.Client(f"bench-python-{os.getpid()}")
    client.connect(f"tcp://127.0.0.1:{port}/amps/json?tcp_nodelay=true")
    client.logon()
    return client


def publish(port: int, count: int) -> None:
    client = connect(port)
    call = client.publish
    began = clock()
    for _ in range(count):
        call(TOPIC, BODY)
    called = clock()
    client.publish_flush(FLUSH_MS)
    print_result("calls_per_s", count / (called - began))
    print_result("flushed_per_s", count / (clock() - began))
    client.disconnect()


def publish_to_sink(port: int, count: int) -> None:
    """A sink answers nothing after the logon, so there is no flush."""
    client = connect(port)
    call = client.publish
    began = clock()
    for _ in range(count):
        call(TOPIC, BODY)
    print_result("calls_per_s", count / (clock() - began))
    client.disconnect()


def vector(library: str, port: int, count: int) -> None:
    client = connect(port)
    function = ctypes.CDLL(library).vector_publish
    function.restype = None
    data = (ctypes.c_char_p * 1000)(*[BODY.encode()] * 1000)
    began = clock()
    for _ in range(count):
        function(client, data, len(data))
    print_result("calls_per_s", count * len(data) / (clock() - began))
    client.disconnect()


def receive(port: int, count: int) -> None:
    import pyamps

    client = connect(port)
    counter = Count(count, pyamps.Message.get_data)
    client.subscribe(counter.take, TOPIC)
    print("READY", flush=True)
    wait_for(lambda: counter.last)
    print_result("delivered_per_s", counter.rate())
    client.disconnect()


class NativeCount(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint64) for name in ("wanted", "count", "first_ns", "last_ns")]


def native(library: str, port: int, count: int) -> None:
    import pyamps

    client = connect(port)
    seen = NativeCount(wanted=count)
    handler = pyamps.CMessageHandler(ctypes.CDLL(library).bench_count, ctypes.byref(seen))
    client.subscribe(handler, TOPIC)
    print("READY", flush=True)
    wait_for(lambda: seen.last_ns)
    print_result("delivered_per_s", (count - 1) * 1e9 / (seen.last_ns - seen.first_ns))
    client.disconnect()


def compute() -> None:
    total = 0
    for i in range(2000):
        total += i


def solo_speed() -> float:
    rounds, began = 0, clock()
    while clock() - began < 0.3:
        compute()
        rounds += 1
    return rounds / (clock() - began)


def rate(port: int, seconds: float, busy: bool) -> None:
    solo = solo_speed() if busy else 0.0
    client = connect(port)
    seen = [0]

    def on_message(message) -> None:
        message.get_data()
        seen[0] += 1

    client.subscribe(on_message, TOPIC)
    rounds, began, before = 0, clock(), seen[0]
    if busy:
        while clock() - began < seconds:
            compute()
            rounds += 1
    else:
        time.sleep(seconds)
    took = clock() - began
    print_result("delivered_per_s", (seen[0] - before) / took)
    if busy:
        print_result("computing_share", rounds / took / solo)
    sys.stdout.flush()
    os._exit(0)


def round_trips(port: int, count: int) -> None:
    client = connect(port)
    seconds: list[float] = []
    sent, done, call = [0.0], threading.Event(), client.publish

    def on_message(message) -> None:
        seconds.append(clock() - sent[0])
        message.get_data()
        if len(seconds) == count:
            done.set()
            return
        sent[0] = clock()
        call(TOPIC, BODY)

    client.subscribe(on_message, TOPIC)
    sent[0] = clock()
    client.publish(TOPIC, BODY)
    if not done.wait(TIMEOUT_S):
        raise SystemExit(f"{len(seconds)} of {count} round trips")
    client.disconnect()
    print_latency(seconds)


def start(port: int) -> None:
    began = clock()
    client = connect(port)
    print_result("start_ms", (clock() - began) * 1000)
    client.disconnect()


def resident_mib() -> float:
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def memory(port: int, count: int) -> None:
    """Growth is measured from the first tenth on: buffers have their size by then."""
    client = connect(port)
    sizes: list[float] = []
    seen = [0]

    def on_message(message) -> None:
        message.get_data()
        seen[0] += 1
        if seen[0] % (count // 10) == 0:
            sizes.append(resident_mib())

    client.subscribe(on_message, TOPIC)
    print("READY", flush=True)
    wait_for(lambda: len(sizes) >= 10)
    print_result("growth_mib", sizes[-1] - sizes[0])
    client.disconnect()


def main() -> None:
    mode, *words = sys.argv[1:]
    if mode in ("vector", "native"):
        {"vector": vector, "native": native}[mode](words[0], int(words[1]), int(words[2]))
    elif mode in ("rate", "busy"):
        rate(int(words[0]), float(words[1]), mode == "busy")
    elif mode == "start":
        start(int(words[0]))
    else:
        calls = {"publish": publish, "sink": publish_to_sink, "receive": receive, "rtt": round_trips, "memory": memory}
        calls[mode](int(words[0]), int(words[1]))


main()
