# SPDX-License-Identifier: Apache-2.0
"""Brokers with state, and clients of theirs."""

from __future__ import annotations

import pytest

import pyamps
from pyamps.testing import logged_on


@pytest.fixture
def serve(request):
    """``serve(**keywords)`` starts a broker that stops with the test."""

    def start(**keywords) -> pyamps.Broker:
        broker = pyamps.Broker(**keywords)
        broker.start()
        request.addfinalizer(broker.stop)
        return broker

    return start


@pytest.fixture
def connect(request):
    """``connect(broker)`` gives a client that is logged on until the test ends."""

    def start(broker: pyamps.Broker, message_type: str = "json") -> pyamps.Client:
        session = logged_on(broker, message_type=message_type)
        client = session.__enter__()
        request.addfinalizer(lambda: session.__exit__(None, None, None))
        return client

    return start
