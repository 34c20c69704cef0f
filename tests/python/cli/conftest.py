# SPDX-License-Identifier: Apache-2.0
"""A broker for the tests of one file, and the command line pointed at it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from command_line import CommandLine

import pyamps


@pytest.fixture(scope="module")
def broker() -> Iterator[pyamps.Broker]:
    with pyamps.Broker() as running:
        yield running


@pytest.fixture
def cli(broker: pyamps.Broker) -> CommandLine:
    return CommandLine(broker.uri("json"))
