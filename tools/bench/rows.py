# SPDX-License-Identifier: Apache-2.0
"""The rows of the speed table: which measurements are compared, and where the bar is."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field

# One round: "measurement.metric" → value.
Round = dict[str, float]


@dataclass(frozen=True)
class Ratio:
    """`over` ÷ `under`, formed inside each round. Without `under`: `over` itself, in `unit`."""

    label: str
    over: str
    under: tuple[str, ...] = ()  # Of several the best peer counts, in the round.
    bar: float | None = None  # None: for information.
    at_most: bool = False  # The bar is an upper limit.
    unit: str = ""

    def in_round(self, values: Round) -> float | None:
        if self.over not in values:
            return None
        if not self.under:
            return values[self.over]
        peers = [values[name] for name in self.under if values.get(name)]
        if not peers:
            return None
        best = min(peers) if self.under[0].endswith("_us") else max(peers)
        return values[self.over] / best

    def median(self, rounds: list[Round]) -> float | None:
        found = [value for values in rounds if (value := self.in_round(values)) is not None]
        return statistics.median(found) if found else None

    def passes(self, value: float) -> bool | None:
        if self.bar is None:
            return None
        return value <= self.bar if self.at_most else value >= self.bar


@dataclass(frozen=True)
class Row:
    id: str
    title: str
    ratios: tuple[Ratio, ...] = ()
    not_yet: str = ""  # Why the row cannot be measured.
    also: tuple[str, ...] = field(default=())  # Shown, but in no ratio: the raw limit beside.

    def metrics(self) -> list[str]:
        """What the row shows, ours first, each once."""
        seen: dict[str, None] = {}
        for ratio in self.ratios:
            seen.setdefault(ratio.over)
        for ratio in self.ratios:
            seen.update(dict.fromkeys(ratio.under))
        seen.update(dict.fromkeys(self.also))
        return list(seen)

    def measurements(self) -> list[str]:
        return list(dict.fromkeys(metric.split(".")[0] for metric in self.metrics()))


def calls(name: str) -> str:
    return f"{name}.calls_per_s"


def delivered(name: str) -> str:
    return f"{name}.delivered_per_s"


def durable(name: str) -> str:
    return f"{name}_durable.durable_per_s"


def p50(name: str) -> str:
    return f"{name}.p50_us"


def least(label: str, over: str, under: str | tuple[str, ...], bar: float | None) -> Ratio:
    return Ratio(label, over, (under,) if isinstance(under, str) else under, bar)


def most(label: str, over: str, under: str | tuple[str, ...], bar: float) -> Ratio:
    return Ratio(label, over, (under,) if isinstance(under, str) else under, bar, at_most=True)


ROWS = (
    Row(
        "1",
        "Python publish(str, str), calls/s",
        (
            least(
                "nats-py, better loop",
                calls("amps_python_publish"),
                (calls("nats_py_publish"), calls("nats_uvloop_publish")),
                12,
            ),
        ),
        also=(calls("limit_write"),),
    ),
    Row(
        "2",
        "Python publish and delivery beside a minimal binding",
        (
            least("minimal binding, publish", calls("amps_python_publish_sink"), calls("binding_publish_sink"), 0.5),
            least(
                "minimal binding, delivery",
                delivered("amps_python_handler_alone"),
                delivered("binding_handler_alone"),
                0.5,
            ),
        ),
    ),
    Row(
        "3",
        "native source → broker → Python handler that reads the data, messages/s",
        (
            least(
                "nats-py, better loop",
                delivered("amps_python_handler"),
                (delivered("nats_py_handler"), delivered("nats_uvloop_handler")),
                15,
            ),
            least("pyzmq PULL, no broker", delivered("amps_python_handler"), delivered("pyzmq_pull"), 2),
        ),
        also=(delivered("limit_receive"),),
    ),
    Row(
        "4",
        "Python delivery while the main thread computes",
        (
            least(
                "idle main thread", delivered("amps_python_handler_busy"), delivered("amps_python_handler_alone"), 0.25
            ),
            Ratio("computing loop, share of its solo speed", "amps_python_handler_busy.computing_share", (), 0.35),
        ),
    ),
    Row(
        "5",
        "Python round trip p50, one core",
        (
            most("raw TCP ping-pong", p50("amps_python_rtt"), p50("limit_rtt_one_core"), 2.2),
            most("nats-py with uvloop", p50("amps_python_rtt"), p50("nats_uvloop_rtt"), 0.4),
        ),
    ),
    Row(
        "6",
        "C++ publish, calls/s",
        (least("nats.c", calls("amps_c_publish"), calls("nats_c_publish"), 2),),
        also=(calls("limit_write"),),
    ),
    Row(
        "vector",
        "vector_publish from Python, calls/s",
        (
            least("raw 64 KiB writes, both into a sink", calls("amps_vector_sink"), calls("limit_write"), 0.5),
            least("raw 64 KiB writes, ours into the broker", calls("amps_vector_broker"), calls("limit_write"), None),
        ),
    ),
    Row(
        "7",
        "C++ → broker → C++ handler, messages/s",
        (
            least("nats.c → nats-server → nats.c", delivered("amps_c_through"), delivered("nats_c_through"), 4),
            least("nats.c; ours a CMessageHandler", delivered("amps_native_handler"), delivered("nats_c_through"), 4),
        ),
        also=(delivered("relay_1"),),
    ),
    Row(
        "8",
        "raw source → C++ handler, messages/s",
        (least("raw receive + parse + handler", delivered("amps_c_handler_alone"), delivered("limit_receive"), 0.6),),
    ),
    Row(
        "9",
        "C++ round trip p50",
        (
            most("raw ping-pong, one core", p50("amps_c_rtt_one_core"), p50("limit_rtt_one_core"), 2.0),
            most("raw ping-pong, placed freely", p50("amps_c_rtt"), p50("limit_rtt"), 1.4),
            most("nats.c default", p50("amps_c_rtt"), p50("nats_c_rtt"), 0.15),
        ),
    ),
    Row(
        "10",
        "broker 1 → 1, delivered/s and CPU",
        (
            least("nats-server", delivered("amps_broker_1"), delivered("nats_broker_1"), 3),
            most(
                "nats-server, CPU a delivery",
                "amps_broker_1.cpu_ns_per_delivery",
                "nats_broker_1.cpu_ns_per_delivery",
                0.35,
            ),
        ),
        also=(delivered("relay_1"), "relay_1.cpu_ns_per_delivery"),
    ),
    Row(
        "11",
        "broker 1 → 100, delivered/s",
        (
            least("nats-server", delivered("amps_broker_100"), delivered("nats_broker_100"), 2.5),
            least("redis", delivered("amps_broker_100"), delivered("redis_broker_100"), 1.5),
        ),
        also=(delivered("relay_100"),),
    ),
    Row(
        "12",
        "10,000 filters of one client, one of which accepts; delivered/s",
        (
            least("one filter", delivered("filters_10000"), delivered("filters_1"), 0.5),
            least("one filter; ours 100,000", delivered("filters_100000"), delivered("filters_1"), None),
            least("one filter; ours 10,000 ranges", delivered("filters_range_10000"), delivered("filters_1"), None),
            least("one filter; ours 10,000 lists", delivered("filters_list_10000"), delivered("filters_1"), None),
        ),
        also=(delivered("filters_100"),),
    ),
    Row(
        "13",
        "one filter /price > 100 AND /symbol = 'IBM', ns",
        (
            most("simdjson On-Demand, 100 B", "filter_short.ns", "simdjson_short.ns", 1.0),
            most("simdjson On-Demand, 1 KiB, fields last", "filter_long.ns", "simdjson_long.ns", 1.2),
        ),
    ),
    Row(
        "14",
        "durable publish, 1,000 in flight, messages/s",
        (
            least("Redis AOF always, XADD in pipelines of 100", durable("amps"), durable("redis"), 3),
            least("writes of 64 KiB + fdatasync", durable("amps"), durable("limit"), 0.2),
        ),
    ),
    Row(
        "15",
        "records of the state of the world, of 100 bytes",
        (
            least("query; Redis HGETALL", "amps_sow_query.records_per_s", "redis_hash_query.records_per_s", 2),
            least(
                "upsert; Redis HSET, 100 in a pipeline",
                "amps_sow_upsert.upserts_per_s",
                "redis_hash_upsert.upserts_per_s",
                2,
            ),
            Ratio("memory of a record with its indexes", "amps_sow_memory.bytes_per_record", unit=" bytes"),
        ),
    ),
    Row(
        "16",
        "start and memory",
        (
            Ratio("import pyamps, connect, logon", "amps_python_start.start_ms", (), 100, at_most=True, unit=" ms"),
            Ratio(
                "growth of resident memory over 10 M messages",
                "amps_python_memory.growth_mib",
                (),
                2,
                at_most=True,
                unit=" MiB",
            ),
        ),
    ),
)
