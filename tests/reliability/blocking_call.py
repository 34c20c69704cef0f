# SPDX-License-Identifier: Apache-2.0
"""One blocking call in a process of its own (REL-13).

usage: blocking_call.py CALL URI TIMEOUT_MS
Prints BLOCKED before the call, then how it ended and when: ``timeout``, ``interrupt`` or ``returned``,
with the clock all processes share; then USABLE when the client could still be closed and used again.
"""

from __future__ import annotations

import sys
import time

import pyamps

CALL, URI, TIMEOUT_MS = sys.argv[1], sys.argv[2], int(sys.argv[3])


def logged_on() -> pyamps.Client:
    client = pyamps.Client("blocked")
    client.connect(URI)
    client.logon(timeout=20_000)
    return client


def prepare():
    """The client, and the call that is to block."""
    if CALL in ("connect", "tls_handshake"):
        client = pyamps.Client("blocked")
        return client, lambda: client.connect(URI)
    if CALL == "logon":
        client = pyamps.Client("blocked")
        client.connect(URI)
        return client, lambda: client.logon(timeout=TIMEOUT_MS)
    if CALL == "reconnect_wait":
        client = pyamps.HAClient("blocked")
        chooser = pyamps.DefaultServerChooser()
        chooser.add(URI)
        client.set_server_chooser(chooser)
        client.set_reconnect_delay(60_000)
        client.set_timeout(TIMEOUT_MS)
        return client, client.connect_and_logon
    client = logged_on()
    if CALL == "publish_peer_not_reading":
        body = "x" * 65536

        def publish_without_end() -> None:
            while True:
                client.publish("odd", body)

        return client, publish_without_end
    if CALL == "stream_next":
        stream = client.subscribe("quiet", timeout=20_000)
        stream.timeout(TIMEOUT_MS)
        return client, lambda: next(stream)
    if CALL == "sow_next":
        stream = client.sow("quiet", timeout=20_000)
        stream.timeout(TIMEOUT_MS)
        return client, lambda: next(stream)
    command = pyamps.Command("subscribe").set_topic("never").set_timeout(TIMEOUT_MS)
    return client, {
        "execute_ack": lambda: client.execute_async(command, lambda _message: None),
        "subscribe_ack": lambda: client.subscribe(lambda _message: None, "never", timeout=TIMEOUT_MS),
        "flush": lambda: client.flush(timeout=TIMEOUT_MS),
        "publish_flush": lambda: client.publish_flush(timeout=TIMEOUT_MS),
        "sow_delete_ack": lambda: client.sow_delete("never", "1=1", timeout=TIMEOUT_MS),
    }[CALL]


def main() -> None:
    client, call = prepare()
    print("BLOCKED", flush=True)
    began = time.monotonic()
    try:
        result = call()
        how = "timeout" if CALL.endswith("_next") and result is None else "returned"
    except KeyboardInterrupt:
        how = "interrupt"
    except pyamps.TimedOutException:
        how = "timeout"
    except pyamps.AMPSException as error:
        how = f"{type(error).__name__}"
    ended = time.monotonic()
    print(f"{how} {began} {ended}", flush=True)
    client.close()
    print("USABLE", flush=True)


main()
