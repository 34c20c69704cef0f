# SPDX-License-Identifier: Apache-2.0
"""Our broker with topics of records: prints its port, ends when its standard input closes."""

import sys

import pyamps

with pyamps.Broker(sow={"records": "/id", "memory": "/id"}) as broker:
    print(broker.port, flush=True)
    sys.stdin.read()
