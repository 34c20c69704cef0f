# SPDX-License-Identifier: Apache-2.0
"""pyamps.aio: nothing blocks the event loop, and nothing keeps it from ending."""

from __future__ import annotations

import asyncio
import gc
import signal
import subprocess
import sys
import textwrap
import threading
import weakref

import pytest

import pyamps
from pyamps import aio
from pyamps.testing import wait_until


def test_publish_and_subscribe(broker, topic):
    async def program():
        async with aio.Client("aio") as client:
            await client.connect_and_logon(broker.uri("json"), timeout=10_000)
            async with await client.subscribe(topic, timeout=10_000) as messages:
                for number in range(1000):
                    await client.publish(topic, str(number))
                await client.publish_flush(10_000)
                got = []
                async for message in messages:
                    got.append(message.get_data())
                    if len(got) == 1000:
                        return got

    assert asyncio.run(program()) == [str(number) for number in range(1000)]


def test_the_loop_goes_on_while_a_call_waits(broker):
    async def program():
        async with aio.Client() as client:
            await client.connect_and_logon(broker.uri("json"), timeout=10_000)
            quiet = await client.subscribe("nobody publishes here", timeout=10_000)
            waiting = asyncio.ensure_future(quiet.__anext__())
            turns = 0
            while turns < 100:
                await asyncio.sleep(0)
                turns += 1
            assert not waiting.done()
            await quiet.close()
            with pytest.raises(StopAsyncIteration):
                await waiting

    asyncio.run(program())


def test_a_query_ends_by_itself():
    async def program(uri):
        async with aio.Client() as client:
            await client.connect_and_logon(uri, timeout=10_000)
            for number in range(100):
                await client.publish("orders", f'{{"id":{number}}}')
            query = pyamps.Command("sow").set_topic("orders").set_batch_size(10).add_ack_type("stats")
            messages = [message async for message in await client.execute(query, max_depth=5)]
            deleted = [
                ack
                async for ack in await client.execute(
                    pyamps.Command("sow_delete").set_topic("orders").set_filter("/id < 10").add_ack_type("stats")
                )
            ]
            nothing = [message async for message in await client.execute(pyamps.Command("publish").set_topic("t"))]
            unread = await client.execute(query, max_depth=5)
            await asyncio.wait_for(unread.close(), 10)
            return messages, deleted, nothing

    with pyamps.Broker(sow={"orders": "/id"}) as broker:
        messages, deleted, nothing = asyncio.run(program(broker.uri("json")))
    assert [m.get_data() for m in messages if m.get_command() == "sow"] == [f'{{"id":{n}}}' for n in range(100)]
    assert messages[-1].get_records_returned() == 100
    assert [ack.get_records_deleted() for ack in deleted] == [10]
    assert nothing == []


def test_a_stream_that_was_left_open_holds_no_thread_once_the_loop_is_closed():
    def pumps():
        return [thread for thread in threading.enumerate() if thread.name == "pyamps-aio"]

    async def program(uri):
        client = aio.Client("left")
        await client.connect_and_logon(uri)
        for number in range(100):
            await client.publish("orders", f'{{"id": {number}}}')
        await client.publish_flush()
        stream = await client.execute(pyamps.Command("sow").set_topic("orders"), max_depth=10)
        await asyncio.to_thread(wait_until, lambda: len(stream._waiting) == 10)  # A thread waits for room.
        return client, stream

    with pyamps.Broker(sow={"orders": "/id"}) as broker:
        before = set(pumps())
        client, _stream = asyncio.run(program(broker.uri("json")))
        for thread in set(pumps()) - before:
            thread.join(timeout=30)
            assert not thread.is_alive()
        client.native.close()


def test_a_lost_connection_ends_the_iteration():
    async def program(broker):
        async with aio.Client() as client:
            await client.connect_and_logon(broker.uri("json"), timeout=10_000)
            messages = await client.subscribe("t", timeout=10_000)
            await client.publish("t", "kept")
            await client.flush(10_000)
            await asyncio.get_running_loop().run_in_executor(None, broker.stop)
            return [message.get_data() async for message in messages]

    with pyamps.Broker() as broker:
        assert asyncio.run(program(broker)) == ["kept"]


def test_nothing_is_kept_of_a_client_that_is_gone(broker):
    gone = []

    async def program():
        async with aio.Client() as client:
            await client.connect_and_logon(broker.uri("json"), timeout=10_000)
            messages = await client.subscribe("t", timeout=10_000)
            gone.extend((weakref.ref(client), weakref.ref(client.native), weakref.ref(messages)))

    asyncio.run(program())
    gc.collect()
    assert [reference() for reference in gone] == [None] * 3


def test_errors_reach_the_await(broker):
    async def program():
        async with aio.Client() as client:
            with pytest.raises(pyamps.DisconnectedException):
                await client.publish("t", "x")
            with pytest.raises(pyamps.InvalidURIException):
                await client.connect("no uri")
            await client.connect_and_logon(broker.uri("json"), timeout=10_000)
            with pytest.raises(pyamps.BadFilterException):
                await client.subscribe("t", "/a = = 1", timeout=10_000)
            await client.flush(10_000)

    asyncio.run(program())


def threads_of_calls() -> int:
    return sum(thread.name == "pyamps-aio" for thread in threading.enumerate())


def test_a_cancelled_subscribe_leaves_no_subscription(broker, topic):
    async def program():
        async with aio.Client() as client:
            await client.connect_and_logon(broker.uri("json"), timeout=10_000)
            before = broker.statistics["subscriptions"]
            task = asyncio.ensure_future(client.subscribe(topic, timeout=10_000))
            await asyncio.sleep(0)  # It has begun.
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await asyncio.to_thread(wait_until, lambda: threads_of_calls() == 0)  # Both commands have gone out.
            await client.flush(10_000)
            assert broker.statistics["subscriptions"] == before

    asyncio.run(program())


@pytest.mark.parametrize(
    "wait",
    [
        "await anext(stream)",
        "await client.execute(pyamps.Command('flush').set_topic('t'))",
        "await asyncio.to_thread(lambda: None); await client._run(time.sleep, 60)",
        "client.native.subscribe(lambda message: time.sleep(60), 't');"
        " await client.publish('t', 'x'); await client.flush(); await asyncio.sleep(60)",
    ],
)
def test_ctrl_c_ends_the_program(broker, wait):
    """Once while something waits, and once more if closing waits for a stuck handler."""
    program = f"""
    import asyncio, signal, sys, time
    import pyamps
    from pyamps import aio
    signal.signal(signal.SIGINT, signal.default_int_handler)  # Background jobs begin with SIGINT ignored.
    async def anext(stream): return await stream.__anext__()
    async def program():
        async with aio.Client() as client:
            await client.connect_and_logon(sys.argv[1])
            stream = await client.subscribe("quiet")
            print("waits", flush=True)
            try:
                {wait}
                await asyncio.sleep(60)
            finally:
                print("closes", flush=True)
    asyncio.run(program())
    """
    command = [sys.executable, "-c", textwrap.dedent(program), broker.uri("json")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout.readline() == "waits\n"
            process.send_signal(signal.SIGINT)
            assert process.stdout.readline() == "closes\n"
            try:
                process.wait(2)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=20)
        finally:
            process.kill()
    assert "KeyboardInterrupt" in errors
