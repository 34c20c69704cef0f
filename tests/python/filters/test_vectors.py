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
    """EXP-03 EXP-05 EXP-10 EXP-11 EXP-12 EXP-13 EXP-15 EXP-17 EXP-18 EXP-19 EXP-20 EXP-21 EXP-22 EXP-23 EXP-32."""
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
