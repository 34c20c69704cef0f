# SPDX-License-Identifier: Apache-2.0
"""Ends the interpreter in one state (REL-25).

usage: exit_state.py STATE URI       a second client publishes to topic "exit" all the time
"""

from __future__ import annotations

import atexit
import os
import sys
import threading

import pyamps

STATE, URI = sys.argv[1], sys.argv[2]
seen = threading.Event()


def connected(name: str = "") -> pyamps.Client:
    client = pyamps.Client(name)
    client.connect(URI)
    client.logon(timeout=20_000)
    return client


def subscribed(handler) -> pyamps.Client:
    client = connected()
    client.subscribe(handler, "exit", timeout=20_000)
    assert seen.wait(10)
    return client


def see(_message) -> None:
    seen.set()


def main_returns_during_callback() -> None:
    def busy(_message) -> None:
        seen.set()
        sum(range(100_000))

    globals()["kept"] = subscribed(busy)


def handler_is_stuck() -> None:
    def stuck(_message) -> None:
        seen.set()
        threading.Event().wait(1)

    globals()["kept"] = subscribed(stuck)


def exit_in_handler() -> None:
    def leave(_message) -> None:
        seen.set()
        sys.exit(9)  # Ends the handler, not the process.

    globals()["kept"] = subscribed(leave)


def exception_in_handler() -> None:
    def fail(_message) -> None:
        seen.set()
        raise ValueError("of the handler")

    globals()["kept"] = subscribed(fail)


def exit_code() -> None:
    globals()["kept"] = subscribed(see)
    sys.exit(7)


def uncaught_exception() -> None:
    globals()["kept"] = subscribed(see)
    raise ValueError("of the main thread")


def live_stream_in_global() -> None:
    client = globals()["kept"] = connected()
    stream = globals()["stream"] = client.subscribe("exit", timeout=20_000)
    next(stream)


def daemon_thread_in_next() -> None:
    client = globals()["kept"] = connected()
    stream = client.subscribe("quiet", timeout=20_000)
    threading.Thread(target=lambda: next(stream), daemon=True).start()


def daemon_thread_publishing() -> None:
    client = globals()["kept"] = connected()

    def publish() -> None:
        while True:
            client.publish("other", "{}")
            seen.set()

    threading.Thread(target=publish, daemon=True).start()
    assert seen.wait(10)


def os_exit() -> None:
    globals()["kept"] = subscribed(see)
    os._exit(3)


def publish_at_exit() -> None:
    client = globals()["kept"] = connected()

    def last_words() -> None:
        try:
            client.publish("other", "{}")
        except pyamps.AMPSException:
            pass  # Refused is fine, hanging is not.

    atexit.register(last_words)


def closed_in_del() -> None:
    class Owner:
        def __init__(self) -> None:
            self.client = subscribed(see)

        def __del__(self) -> None:
            self.client.close()

    globals()["owner"] = Owner()


def reference_cycle() -> None:
    class Handler:
        client = None

        def __call__(self, _message) -> None:
            seen.set()

    handler = Handler()
    handler.client = subscribed(handler)
    handler.me = handler


def broker_still_running() -> None:
    broker = globals()["broker"] = pyamps.Broker()
    broker.start() if hasattr(broker, "start") else broker.__enter__()


def reconnecting() -> None:
    client = globals()["kept"] = pyamps.HAClient("", no_store=True)
    chooser = pyamps.DefaultServerChooser()
    chooser.add("tcp://127.0.0.1:1/amps/json")
    client.set_server_chooser(chooser)
    client.set_reconnect_delay(50)
    threading.Thread(target=client.connect_and_logon, daemon=True).start()


def closed_properly() -> None:
    subscribed(see).close()


if __name__ == "__main__":
    globals()[STATE]()
