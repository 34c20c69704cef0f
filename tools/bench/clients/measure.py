# SPDX-License-Identifier: Apache-2.0
"""What every Python client program needs: the body, a counting handler, results as JSON lines."""

from __future__ import annotations

import json
import time

TOPIC = "orders.new"
BODY = '{"id":1234567,"symbol":"IBM","price":142.25,"qty":100,"side":"B","venue":"XNYS","pad":"'
BODY += "x" * (98 - len(BODY)) + '"}'
TIMEOUT_S = 30.0
clock = time.perf_counter


class Count:
    """A subscriber's handler: reads the data, remembers when the first and the last message came.

    ``take`` is the only Python function that runs for a message on our side of a library: ``data_of`` is one of C.
    """

    def __init__(self, wanted: int, data_of):
        self.wanted = wanted
        self.data_of = data_of
        self.count = 0
        self.first = self.last = 0.0

    def take(self, message) -> None:
        if not self.count:
            self.first = clock()
        self.data_of(message)
        self.count += 1
        if self.count == self.wanted:
            self.last = clock()

    def rate(self) -> float:
        if not self.last:
            raise SystemExit(f"{self.count} of {self.wanted} messages came")
        return (self.wanted - 1) / (self.last - self.first)


def wait_for(condition) -> None:
    """Poll until the condition holds; end the program when it does not in time."""
    end = clock() + TIMEOUT_S
    while not condition():
        if clock() > end:
            raise SystemExit("timed out")
        time.sleep(0.002)


def print_result(metric: str, value: float) -> None:
    print(json.dumps({"metric": metric, "value": value}), flush=True)


def print_latency(seconds: list[float]) -> None:
    seconds.sort()
    for metric, share in (("p50_us", 0.5), ("p99_us", 0.99)):
        print_result(metric, seconds[min(len(seconds) - 1, int(share * len(seconds)))] * 1e6)
