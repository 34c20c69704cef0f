# SPDX-License-Identifier: Apache-2.0
"""The story in one run: JSON goes from Python by vector_publish, through an embedded broker, to a C++ handler."""

from __future__ import annotations

import ctypes
import json
import shlex
import sys
import time
from pathlib import Path

import pyamps
from pyamps.cli import rates

ROOT = Path(__file__).resolve().parent.parent
TOPIC = "orders"
ORDER_COUNT = 10_000
SHOWN_COUNT = 3
DEADLINE_S = 30.0
SECONDS_EACH = 1.0


class JsonSum(ctypes.Structure):
    """The user data of handlers/json_sum.cpp."""

    _fields_ = [
        ("field", ctypes.c_char_p),
        ("sum", ctypes.c_double),
        ("count", ctypes.c_uint64),
        ("missing", ctypes.c_uint64),
    ]


def step(text: str) -> None:
    print(f"==> {text}", flush=True)


def compiled_samples() -> rates.Samples:
    folder = ROOT / "build" / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    samples = rates.Samples(ROOT / "handlers", folder)
    step("compiling the sample handlers against the installed package, for example:")
    command = shlex.join(samples.build_command("json_sum"))
    print(f"    {command.replace(str(ROOT) + '/', '')}", flush=True)
    return samples


def vector_publish(library: ctypes.CDLL, client: pyamps.Client, texts: list[str]) -> None:
    array = (ctypes.c_char_p * len(texts))(*[text.encode() for text in texts])
    library.vector_publish(client, TOPIC.encode(), array, ctypes.c_size_t(len(array)))


def wait_for(state: JsonSum, count: int) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while state.count + state.missing < count:
        if time.monotonic() > deadline:
            sys.exit(f"only {state.count + state.missing} of {count} messages arrived in {DEADLINE_S:g} s")
        time.sleep(0.001)


def show_orders(uri: str, samples: rates.Samples) -> None:
    json_sum, publishers = samples.load("json_sum"), samples.load("publishers")
    orders = [{"id": number, "symbol": "ABCD", "quantity": number % 7} for number in range(ORDER_COUNT)]
    state = JsonSum(field=b"quantity")
    with pyamps.Client("demo") as client:
        client.connect(uri)
        client.logon()
        step("subscribing the C++ function json_sum through CMessageHandler")
        client.subscribe(pyamps.CMessageHandler(json_sum.json_sum, ctypes.byref(state)), TOPIC)
        shown = client.subscribe(TOPIC)
        step(f"publishing {ORDER_COUNT:,} JSON texts with one call of the C++ function vector_publish")
        vector_publish(publishers, client, [json.dumps(order) for order in orders])
        for _, message in zip(range(SHOWN_COUNT), shown):
            print(f"    {message.get_topic()}: {message.get_data()}")
        wait_for(state, ORDER_COUNT)
    expected = sum(order["quantity"] for order in orders)
    step(f"json_sum saw {state.count:,} messages; the sum of their quantities is {state.sum:,.0f}")
    if (state.count, state.sum) != (ORDER_COUNT, expected):
        sys.exit(f"expected {ORDER_COUNT:,} messages and a sum of {expected:,}")


def show_rates(uri: str, samples: rates.Samples) -> None:
    step(f"rates, each over about {SECONDS_EACH:g} s, bodies of {len(rates.BODY)} bytes, everything on this machine")
    for number, rate in enumerate(rates.measure(uri, samples, SECONDS_EACH), 1):
        print(f"    {number}/{len(rates.ROWS)}  {rate.name:<15}{rate.per_second:>12,.0f} messages/s", flush=True)


def main() -> None:
    samples = compiled_samples()
    step("starting the embedded broker")
    with pyamps.Broker() as broker:
        uri = broker.uri("json")
        print(f"    {uri}")
        show_orders(uri, samples)
        show_rates(uri, samples)
    step("done; README.md says where to read on")


if __name__ == "__main__":
    main()
