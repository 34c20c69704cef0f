# SPDX-License-Identifier: Apache-2.0
"""The worked expressions of the description, one test each."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from pyamps.exceptions import BadFilterException
from pyamps.filter import Filter

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "expressions.json").read_text())
ROWS = [row for group in VECTORS["groups"].values() for row in group]


@pytest.mark.parametrize(("row", "message", "expression", "expected"), ROWS, ids=[row[0] for row in ROWS])
def test_EXP_42_worked_expression(row, message, expression, expected):
    message_type, body = VECTORS["messages"][message]["type"], VECTORS["messages"][message]["body"]
    kind = expected.get("$") if isinstance(expected, dict) else None
    if kind == "error":
        with pytest.raises(BadFilterException):
            Filter(expression, message_type)
        return
    value = Filter(expression, message_type).evaluate(body)
    if kind == "nan":
        assert math.isnan(value)
    elif kind == "approx":
        assert value == pytest.approx(expected["v"], rel=expected["rel"])
    else:
        assert (value, type(value)) == (expected, type(expected))
