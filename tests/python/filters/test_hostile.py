# SPDX-License-Identifier: Apache-2.0
"""EXP-40: filters made to hurt end in a clear error or a quick answer."""

from __future__ import annotations

import pytest

from pyamps.exceptions import BadFilterException, PublishException
from pyamps.filter import Filter


def error_of(text, message_type="json"):
    with pytest.raises(BadFilterException) as caught:
        Filter(text, message_type)
    return str(caught.value), caught.value.offset


@pytest.mark.parametrize(
    ("text", "said", "offset"),
    [
        ("", "expected a value, found the end", 0),
        ("/a = 1 = 1", "expected", 7),
        ("/a LIKE '('", "parenthes", 3),
        ("LENGTH(/a, /b) = 1", "LENGTH", 0),
        ("(" * 300 + "1" + ")" * 300, "nested deeper than 256 levels", 256),
        ("NOT " * 5000 + "1", "nested deeper than 256 levels", None),
        ("-" * 100_000 + "1", "nested deeper than 256 levels", None),
        ("1" + " + 1" * 5000, "more than 1000 operators in one another", None),
        ("'" + "x" * 2_000_000 + "'", "1048576", None),
        ("/a IN (" + "1," * 300_000 + "1)", "more than 200000 operators and operands", None),
        ("/a LIKE '" + "x" * 70_000 + "'", "65536", None),
    ],
    ids=range(11),
)
def test_EXP_40_what_is_wrong_is_said_at_its_place(text, said, offset):
    found, place = error_of(text)
    assert said in found
    assert place is not None
    if offset is not None:
        assert place == offset


def test_EXP_09_a_list_of_fifty_thousand_is_looked_up_and_not_walked():
    found = Filter("/id IN (" + ",".join(map(str, range(50_000))) + ")")
    body = '{"id":[' + ",".join(["'x'".replace("'", '"')] * 50_000) + "]}"
    assert found.matches('{"id":49999}')
    assert not found.matches(body)


def test_EXP_11_a_catastrophic_pattern_gives_up():
    found = Filter("/a LIKE '^(a+)+$'")
    assert found.matches('{"a":"aaaa"}')
    assert not found.matches('{"a":"' + "a" * 5000 + 'b"}')


def test_a_wide_filter_is_as_good_as_a_narrow_one():
    found = Filter(" OR ".join(f"/f{i} = {i}" for i in range(20_000)))
    assert found.matches('{"f19999":19999}')


def test_a_message_that_cannot_be_read_is_said():
    with pytest.raises(PublishException):
        Filter("/a = 1").matches('{"a":')


def test_types_without_fields_have_no_filters():
    assert "binary" in error_of("/a = 1", "binary")[0]
    assert error_of("/a = 1", "nonsense")[1] is None
