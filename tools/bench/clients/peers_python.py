# SPDX-License-Identifier: Apache-2.0
"""The peers of the Python rows, as their documentation shows them.

usage: peers_python.py publish nats|nats-uvloop PORT COUNT
       peers_python.py receive nats|nats-uvloop PORT COUNT   prints READY, then counts what comes
       peers_python.py receive zmq PORT COUNT                binds a PULL socket to PORT
       peers_python.py rtt nats|nats-uvloop PORT COUNT
"""

from __future__ import annotations

import asyncio
import operator
import sys

from measure import BODY, TIMEOUT_S, TOPIC, Count, clock, print_latency, print_result


def run(library: str, coroutine):
    if library == "nats-uvloop":
        import uvloop

        return uvloop.run(coroutine)
    return asyncio.run(coroutine)


async def connect(port: int):
    import nats

    return await nats.connect(f"nats://127.0.0.1:{port}", pending_size=64 << 20)


async def nats_publish(port: int, count: int) -> None:
    connection = await connect(port)
    data = BODY.encode()
    began = clock()
    for _ in range(count):
        await connection.publish(TOPIC, data)
    called = clock()
    await connection.flush(int(TIMEOUT_S))
    print_result("calls_per_s", count / (called - began))
    print_result("flushed_per_s", count / (clock() - began))
    await connection.close()


async def nats_receive(port: int, counter: Count) -> None:
    connection = await connect(port)
    done = asyncio.Event()

    async def on_message(message) -> None:
        counter.take(message)
        if counter.last:
            done.set()

    await connection.subscribe(TOPIC, cb=on_message, pending_msgs_limit=-1, pending_bytes_limit=-1)
    await connection.flush()
    print("READY", flush=True)
    await asyncio.wait_for(done.wait(), TIMEOUT_S)
    await connection.close()


async def nats_round_trips(port: int, count: int) -> None:
    connection = await connect(port)
    data, seconds, done = BODY.encode(), [], asyncio.Event()
    sent = 0.0

    async def on_message(_message) -> None:
        nonlocal sent
        seconds.append(clock() - sent)
        if len(seconds) == count:
            done.set()
            return
        sent = clock()
        await connection.publish(TOPIC, data)

    await connection.subscribe(TOPIC, cb=on_message)
    await connection.flush()
    sent = clock()
    await connection.publish(TOPIC, data)
    await asyncio.wait_for(done.wait(), TIMEOUT_S)
    await connection.close()
    print_latency(seconds)


def zmq_receive(port: int, counter: Count) -> None:
    import zmq

    socket = zmq.Context.instance().socket(zmq.PULL)
    socket.setsockopt(zmq.RCVHWM, 0)
    socket.setsockopt(zmq.RCVTIMEO, int(TIMEOUT_S * 1000))
    socket.setsockopt(zmq.LINGER, 0)
    socket.bind(f"tcp://127.0.0.1:{port}")
    print("READY", flush=True)
    while not counter.last:
        counter.take(socket.recv())


def main() -> None:
    mode, library, port, count = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    if mode == "publish":
        run(library, nats_publish(port, count))
    elif mode == "rtt":
        run(library, nats_round_trips(port, count))
    elif library == "zmq":
        counter = Count(count, len)
        zmq_receive(port, counter)
        print_result("delivered_per_s", counter.rate())
    else:
        counter = Count(count, operator.attrgetter("data"))
        run(library, nats_receive(port, counter))
        print_result("delivered_per_s", counter.rate())


main()
