# SPDX-License-Identifier: Apache-2.0
"""The measurements. Each is one short run of one program and gives a value for each metric.

A name says who is measured and doing what; `rows.py` forms ratios of them.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable

from programs import CLIENTS, PEERS_HINT, Missing, Programs
from services import ONE_CORE, Services, free_port

COMMAND_TIMEOUT_S = 60
SECONDS = 0.7  # Of the measurements that run for a time.
Values = dict[str, float]


class Failed(Exception):
    """A program ended badly; the text is what it said."""


class Machine:
    """Runs programs one measurement at a time, when the rest of the machine is quiet."""

    def __init__(self, programs: Programs, services: Services) -> None:
        self.programs = programs
        self.services = services
        self.waited_s = 0.0

    def run(self, command: list, one_core: bool = False, feed: Callable[[], list] | None = None) -> Values:
        """Run to the end; `feed` gives a second command, started once the first printed READY."""
        self._wait_until_quiet()
        words = (ONE_CORE if one_core else []) + [str(word) for word in command]
        paths = os.pathsep.join([str(self.programs._output), os.environ.get("PYTHONPATH", "")])
        environment = {**os.environ, "PYTHONPATH": paths.rstrip(os.pathsep)}
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        with subprocess.Popen(words, env=environment, **pipes) as main:
            feeder = None
            try:
                if feed and main.stdout.readline() == "READY\n":
                    feeder = subprocess.Popen([str(word) for word in feed()])
                said, errors = main.communicate(timeout=COMMAND_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                main.kill()
                raise Failed(f"took longer than {COMMAND_TIMEOUT_S} s") from None
            finally:
                if feeder:
                    finish(feeder)
        values = {
            item["metric"]: item["value"]
            for item in (json.loads(line) for line in said.splitlines() if line[:1] == "{")
        }
        if main.returncode != 0 or not values:
            raise Failed((errors.strip().splitlines() or [f"exit code {main.returncode}"])[-1][-160:])
        return values

    def python(self, script: str, *words, one_core: bool = False, feed: Callable[[], list] | None = None) -> Values:
        needed = "nats" if "nats" in words[1:2] else "zmq" if "zmq" in words[1:2] else ""
        package = {"amps_python": "pyamps"}.get(script, needed)
        if "nats-uvloop" in words and not importlib.util.find_spec("uvloop"):
            raise Missing(f"the Python package uvloop is missing: {PEERS_HINT}")
        if package and not importlib.util.find_spec(package):
            hint = "run `make build`" if package == "pyamps" else PEERS_HINT
            raise Missing(f"the Python package {package} is missing: {hint}")
        return self.run([sys.executable, CLIENTS / f"{script}.py", *words], one_core, feed)

    def _wait_until_quiet(self, at_most_s: float = 2.0, in_all_s: float = 60.0) -> None:
        """Until others use less than a fifth of one core, but never for long."""
        began = time.monotonic()
        while time.monotonic() - began < at_most_s and self.waited_s < in_all_s:
            idle, total = idle_ticks()
            time.sleep(0.1)
            later_idle, later_total = idle_ticks()
            if later_idle - idle >= 0.9 * (later_total - total):
                break
        self.waited_s += time.monotonic() - began


def finish(process: subprocess.Popen) -> None:
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def idle_ticks() -> tuple[int, int]:
    with open("/proc/stat") as stat:
        ticks = [int(word) for word in stat.readline().split()[1:9]]
    return ticks[3] + ticks[4], sum(ticks)


def python_publish(library: str, count: int) -> Callable[[Machine], Values]:
    def measure(machine: Machine) -> Values:
        if library == "amps":
            return machine.python("amps_python", "publish", machine.services.get("amps").port, count)
        return machine.python("peers_python", "publish", library, machine.services.get("nats").port, count)

    return measure


def python_receive(library: str, protocol: str, count: int, native: bool = False) -> Callable[[Machine], Values]:
    """A native source → broker → Python; for zmq straight into the socket."""

    def measure(machine: Machine) -> Values:
        port = free_port() if protocol == "zmq" else machine.services.get(protocol).port
        load = machine.programs.path("load")
        feed = lambda: [load, "publish", protocol, port, count]  # noqa: E731
        if native:
            library_path = machine.programs.path("amps_native")
            return machine.python("amps_python", "native", library_path, port, count, feed=feed)
        if library == "amps":
            return machine.python("amps_python", "receive", port, count, feed=feed)
        return machine.python("peers_python", "receive", library, port, count, feed=feed)

    return measure


def fed_by_source(script: str, mode: str) -> Callable[[Machine], Values]:
    """A receiver alone: a raw server delivers as fast as it is read."""

    def measure(machine: Machine) -> Values:
        port = machine.services.source(3 * SECONDS if mode != "limit" else SECONDS).port
        if script == "amps_client":
            return machine.run([machine.programs.path("amps_client"), "handle", port, SECONDS])
        if script == "binding_limit":
            machine.programs.path("binding")
        return machine.python(script, "rate" if mode == "limit" else mode, port, SECONDS)

    return measure


def python_to_sink(script: str, mode: str, count: int) -> Callable[[Machine], Values]:
    def measure(machine: Machine) -> Values:
        port = machine.services.get("sink").port
        if script == "binding_limit":
            machine.programs.path("binding")
        words = [machine.programs.path("amps_native")] if mode == "vector" else []
        return machine.python(script, mode, *words, port, count)

    return measure


def vector_to_broker(machine: Machine) -> Values:
    port = machine.services.get("amps").port
    return machine.python("amps_python", "vector", machine.programs.path("amps_native"), port, 1000)


def native(program: str, mode: str, service: str, count: int, one_core: bool = False) -> Callable[[Machine], Values]:
    def measure(machine: Machine) -> Values:
        port = machine.services.get(service, one_core).port
        return machine.run([machine.programs.path(program), mode, port, count], one_core)

    return measure


def python_round_trips(library: str, count: int) -> Callable[[Machine], Values]:
    def measure(machine: Machine) -> Values:
        if library == "amps":
            port = machine.services.get("amps", one_core=True).port
            return machine.python("amps_python", "rtt", port, count, one_core=True)
        port = machine.services.get("nats", one_core=True).port
        return machine.python("peers_python", "rtt", library, port, count, one_core=True)

    return measure


def through_broker(protocol: str, service: str, subscribers: int) -> Callable[[Machine], Values]:
    def measure(machine: Machine) -> Values:
        broker = machine.services.get(service)
        load = machine.programs.path("load")
        return machine.run([load, "through", protocol, broker.port, subscribers, SECONDS, broker.pid])

    return measure


def durable(mode: str, service: str, count: int) -> Callable[[Machine], Values]:
    def measure(machine: Machine) -> Values:
        where = machine.services.get(service).port if service else machine.services.folder
        return machine.run([machine.programs.path("durable"), mode, where, count])

    return measure


def records(mode: str, service: str, count: int) -> Callable[[Machine], Values]:
    """Records of the state of the world, or fields of a hash."""

    def measure(machine: Machine) -> Values:
        broker = machine.services.get(service)
        return machine.run([machine.programs.path("sow"), mode, broker.port, count, broker.pid])

    return measure


def filtered(count: int, kind: str = "equality") -> Callable[[Machine], Values]:
    """One publisher, one subscriber with so many filters, one of which accepts every message."""

    def measure(machine: Machine) -> Values:
        broker = machine.services.get("amps")
        load = machine.programs.path("load")
        return machine.run([load, "filtered", "amps", broker.port, count, SECONDS, broker.pid, kind])

    return measure


def one_filter(whose: str, size_bytes: int) -> Callable[[Machine], Values]:
    return lambda machine: machine.run([machine.programs.path("filters"), whose, size_bytes])


def limit(*words) -> Callable[[Machine], Values]:
    return lambda machine: machine.run([machine.programs.path("limits"), *words])


def start(machine: Machine) -> Values:
    return machine.python("amps_python", "start", machine.services.get("amps").port)


def memory(machine: Machine) -> Values:
    return machine.python("amps_python", "memory", machine.services.source(50).port, 10_000_000)


MEASUREMENTS: dict[str, Callable[[Machine], Values]] = {
    "amps_python_publish": python_publish("amps", 500_000),
    "nats_py_publish": python_publish("nats", 60_000),
    "nats_uvloop_publish": python_publish("nats-uvloop", 60_000),
    "amps_python_publish_sink": python_to_sink("amps_python", "sink", 1_000_000),
    "binding_publish_sink": python_to_sink("binding_limit", "publish", 1_000_000),
    "amps_python_handler_alone": fed_by_source("amps_python", "rate"),
    "amps_python_handler_busy": fed_by_source("amps_python", "busy"),
    "binding_handler_alone": fed_by_source("binding_limit", "limit"),
    "amps_python_handler": python_receive("amps", "amps", 800_000),
    "amps_native_handler": python_receive("amps", "amps", 1_200_000, native=True),
    "nats_py_handler": python_receive("nats", "nats", 60_000),
    "nats_uvloop_handler": python_receive("nats-uvloop", "nats", 60_000),
    "pyzmq_pull": python_receive("zmq", "zmq", 400_000),
    "amps_python_rtt": python_round_trips("amps", 4000),
    "nats_uvloop_rtt": python_round_trips("nats-uvloop", 2000),
    "amps_vector_sink": python_to_sink("amps_python", "vector", 3000),
    "amps_vector_broker": vector_to_broker,
    "amps_c_publish": native("amps_client", "publish", "amps", 2_000_000),
    "nats_c_publish": native("nats_peer", "publish", "nats", 1_000_000),
    "amps_c_through": native("amps_client", "through", "amps", 1_500_000),
    "nats_c_through": native("nats_peer", "through", "nats", 400_000),
    "amps_c_handler_alone": fed_by_source("amps_client", "handle"),
    "amps_c_rtt_one_core": native("amps_client", "rtt", "amps", 5000, one_core=True),
    "amps_c_rtt": native("amps_client", "rtt", "amps", 5000),
    "nats_c_rtt": native("nats_peer", "rtt", "nats", 500),
    "amps_broker_1": through_broker("amps", "amps", 1),
    "nats_broker_1": through_broker("nats", "nats", 1),
    "relay_1": through_broker("raw", "relay", 1),
    "amps_broker_100": through_broker("amps", "amps", 100),
    "nats_broker_100": through_broker("nats", "nats", 100),
    "redis_broker_100": through_broker("redis", "redis", 100),
    "relay_100": through_broker("raw", "relay", 100),
    "amps_durable": durable("amps", "amps_durable", 200_000),
    "redis_durable": durable("redis", "redis_durable", 60_000),
    "limit_durable": durable("raw", "", 400_000),
    "filters_1": filtered(1),
    "filters_100": filtered(100),
    "filters_10000": filtered(10_000),
    "filters_100000": filtered(100_000),
    "filters_range_10000": filtered(10_000, "range"),
    "filters_list_10000": filtered(10_000, "list"),
    "filter_short": one_filter("ours", 100),
    "filter_long": one_filter("ours", 1024),
    "simdjson_short": one_filter("simdjson", 100),
    "simdjson_long": one_filter("simdjson", 1024),
    "amps_sow_upsert": records("upsert", "amps_sow", 1_000_000),
    "redis_hash_upsert": records("redis_upsert", "redis", 300_000),
    "amps_sow_query": records("query", "amps_sow", 2_000_000),
    "redis_hash_query": records("redis_query", "redis", 500_000),
    "amps_sow_memory": records("memory", "amps_sow", 500_000),
    "limit_receive": limit("receive", SECONDS),
    "limit_write": limit("write", SECONDS),
    "limit_rtt_one_core": limit("rtt", 6000, "one"),
    "limit_rtt": limit("rtt", 6000, "free"),
    "amps_python_start": start,
    "amps_python_memory": memory,
}
ONCE = {"amps_python_memory"}  # Long, and about growth, not speed: in the first round only.
