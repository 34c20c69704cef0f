#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures our client and broker beside their peers and the machine's limits, in one run.

Every round runs every measurement once, so a ratio is formed inside one round; what is printed is
the median over the rounds. Everything stays on 127.0.0.1 and is ended on exit.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import statistics
import sys
import time
from pathlib import Path

from measurements import MEASUREMENTS, ONCE, Failed, Machine
from programs import ROOT, Missing, Programs
from rows import ROWS, Ratio, Round, Row
from services import Services


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="how often each measurement runs (default 5)")
    parser.add_argument("--only", action="append", metavar="ROW", help="measure this row; may be repeated")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every value of every round")
    parser.add_argument("--build", type=Path, metavar="DIR", help="link a Meson build, not the installed package")
    parser.add_argument("--output", type=Path, default=ROOT / "build-bench", help="where programs are compiled")
    arguments = parser.parse_args()
    known = {row.id for row in ROWS}
    if arguments.rounds < 1:
        parser.error("--rounds: at least 1")
    for row in arguments.only or ():
        if row not in known:
            parser.error(f"--only {row}: there is no such row; there are {', '.join(r.id for r in ROWS)}")
    return arguments


class Progress:
    """One line that is written over, or plain lines when nobody looks at a terminal."""

    def __init__(self, total: int) -> None:
        self._total, self._done = total, 0
        self._terminal = sys.stderr.isatty()
        self._began = time.monotonic()

    def step(self, text: str) -> None:
        self._done += 1
        line = f"[{self._done}/{self._total}] {time.monotonic() - self._began:4.0f} s  {text}"
        if self._terminal:
            print(f"\r\033[K{line}", end="", file=sys.stderr, flush=True)
        elif self._done % 10 == 1 or self._done == self._total:
            print(line, file=sys.stderr, flush=True)

    def end(self) -> None:
        if self._terminal:
            print("\r\033[K", end="", file=sys.stderr, flush=True)


def measure(rows: list[Row], rounds: int, machine: Machine) -> tuple[list[Round], dict[str, str]]:
    """The rounds, and for each measurement that could not be made the reason."""
    names = list(dict.fromkeys(name for row in rows for name in row.measurements()))
    progress = Progress(len(names) * rounds)
    results: list[Round] = []
    reasons: dict[str, str] = {}
    for number in range(rounds):
        values: Round = {}
        for name in names:
            progress.step(f"round {number + 1}: {name}")
            if name in reasons or (number > 0 and name in ONCE):
                continue
            try:
                got = MEASUREMENTS[name](machine)
                values.update({f"{name}.{metric}": value for metric, value in got.items()})
            except (Missing, Failed) as error:
                reasons[name] = str(error)
        results.append(values)
    progress.end()
    return results, reasons


def readable(value: float) -> str:
    for limit, unit in ((1e6, " M"), (1e3, " k")):
        if abs(value) >= limit:
            return f"{value / limit:.2f}{unit}"
    return f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"


def print_ratio(ratio: Ratio, rounds: list[Round]) -> bool | None:
    value = ratio.median(rounds)
    if value is None:
        print(f"    not measured           {ratio.label}")
        return None
    passed = ratio.passes(value)
    mark = {True: "pass", False: "FAIL", None: "info"}[passed]
    sign = "≤" if ratio.at_most else "≥"
    bar = "" if ratio.bar is None else f"bar {sign} {ratio.bar:g}{ratio.unit}"
    label = f"÷ {ratio.label}" if ratio.under else ratio.label
    print(f"    {mark}  {value:8.3g}{ratio.unit:4s} {bar:14s} {label}")
    return passed


def print_row(row: Row, rounds: list[Round], reasons: dict[str, str]) -> list[bool | None]:
    print(f"\n{row.id:>6s}  {row.title}")
    if row.not_yet:
        print(f"    not yet: {row.not_yet}")
        return []
    marks = [print_ratio(ratio, rounds) for ratio in row.ratios]
    for metric in row.metrics():
        found = [values[metric] for values in rounds if metric in values]
        name, kind = metric.split(".")
        if found:
            spread = f"({readable(min(found))} to {readable(max(found))})"
            print(f"           {readable(statistics.median(found)):>8s} {kind:20s} {name:28s} {spread}")
        elif name in reasons:
            print(f"           {'-':>8s} {kind:20s} {name:28s} {reasons[name]}")
    return marks


def write_json(path: Path, rows: list[Row], rounds: list[Round], reasons: dict[str, str]) -> None:
    ratios = [
        {"row": row.id, "label": one.label, "median": one.median(rounds), "bar": one.bar, "at_most": one.at_most}
        for row in rows
        for one in row.ratios
    ]
    machine = {"cores": os.cpu_count(), "kernel": platform.release(), "python": platform.python_version()}
    document = {"machine": machine, "ratios": ratios, "rounds": rounds, "not_measured": reasons}
    path.write_text(json.dumps(document, indent=1))


def main() -> int:
    arguments = parse_arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # So that services are ended then, too.
    rows = [row for row in ROWS if not arguments.only or row.id in arguments.only]
    programs = Programs(arguments.output.resolve(), arguments.build.resolve() if arguments.build else None)
    services = Services(programs)
    machine = Machine(programs, services)
    began = time.monotonic()
    try:
        rounds, reasons = measure(rows, arguments.rounds, machine)
    except KeyboardInterrupt:
        return 130
    finally:
        services.stop()
    took = time.monotonic() - began
    print(f"{arguments.rounds} rounds, {took:.0f} s, {os.cpu_count()} cores, bodies of 100 bytes, loopback")
    marks = [mark for row in rows for mark in print_row(row, rounds, reasons)]
    reached, missed, rest = (marks.count(mark) for mark in (True, False, None))
    print(f"\n{reached} bars reached, {missed} missed, {rest} without a bar or not measured")
    if arguments.json:
        write_json(arguments.json, rows, rounds, reasons)
    return 0


if __name__ == "__main__":
    sys.exit(main())
