# SPDX-License-Identifier: Apache-2.0
"""Random expressions over random messages: the compiled form gives what walking the tree gives."""

from __future__ import annotations

import math

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from reference import Evaluator, Number, truth
from rendering import to_json, to_text

from pyamps.filter import Filter

NUMBERS = ["0", "1", "2", "47", "1.0", "2.50", "1e1", "0.1", "9223372036854775807", "9223372036854775808",
           "18446744073709551615", "123456789012345678901234567890", "1e308"]  # fmt: skip
TEXTS = ["", "a", "b", "ab", "1", "2.0", " 47 ", "+2", ".5", "1e1", "nan", "é", "'\\"]

PATHS = [("a",), ("b",), ("c", "d"), ("c",), ("e",)]
NAMES = ["a", "b", "e"]


def deeper(inner):
    pair, some = st.tuples(inner, inner), st.lists(inner, min_size=1, max_size=3)
    pairs = ["=", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%"]
    singles = ["not", "negate", "is null", "is not null", "is nan", "is not nan", "length", "upper", "count"]
    return st.one_of(
        st.builds(lambda name, two: (name, *two), st.sampled_from(pairs), pair),
        st.builds(lambda name, one: (name, one), st.sampled_from(singles), inner),
        st.builds(lambda name, first, more: (name, first, *more), st.sampled_from(["and", "or"]), inner, some),
        st.builds(lambda name, one, items: (name, one, *items), st.sampled_from(["in", "not in"]), inner, some),
        st.builds(lambda name, one, two: (name, one, *two), st.sampled_from(["between", "not between"]), inner, pair),
        st.builds(lambda name, one, items: (name, one, *items), st.sampled_from(["begins", "ends"]), inner, some),
        st.builds(lambda three: ("if", *three), st.tuples(inner, inner, inner)),
        st.builds(lambda items: ("coalesce", *items), some),
    )


LEAVES = st.one_of(
    st.builds(lambda path, at: ("field", path, at), st.sampled_from(PATHS), st.sampled_from([None, None, None, 0, 1])),
    st.sampled_from([("number", text) for text in NUMBERS]),
    st.sampled_from([("string", text.encode().decode("latin-1")) for text in TEXTS]),
    st.sampled_from([("null",), ("true",), ("false",)]),
)
EXPRESSIONS = st.recursive(LEAVES, deeper, max_leaves=12)

SCALARS = st.one_of(
    st.sampled_from([None, True, False]),
    st.sampled_from([("number", sign + text) for text in NUMBERS for sign in ("", "-")]),
    st.sampled_from(TEXTS),
)
VALUES = st.one_of(SCALARS, SCALARS, st.lists(SCALARS, max_size=4), st.lists(st.lists(SCALARS, max_size=2), max_size=2))
MESSAGES = st.fixed_dictionaries(
    {}, optional={**dict.fromkeys(NAMES, VALUES), "c": st.fixed_dictionaries({}, optional={"d": VALUES})}
)


def value_of(scalar):
    if isinstance(scalar, tuple):
        text = scalar[1]
        whole = text.lstrip("-").isdigit() and -(2**63) <= int(text) < 2**64
        return Number(int(text) if whole else float(text), text)
    return scalar.encode().decode("latin-1") or None if isinstance(scalar, str) else scalar


def flatten(message, path=(), in_array=False, into=None):
    """Paths and their values; a null counts as an element, but alone it is no value."""
    into = {} if into is None else into
    if isinstance(message, dict):
        for name, value in message.items():
            flatten(value, (*path, name), False, into)
    elif isinstance(message, list):
        for value in message:
            flatten(value, path, True, into)
    elif in_array or value_of(message) is not None:
        into.setdefault(path, []).append(value_of(message))
    return into


def result_of(value):
    """What the compiled form gives, as the reference has it."""
    if isinstance(value, bool) or value is None:
        return value
    return value.encode("utf-8", "surrogateescape").decode("latin-1") if isinstance(value, str) else Number(value)


def is_same(left, right) -> bool:
    if not isinstance(left, Number) or not isinstance(right, Number):
        return type(left) is type(right) and left == right
    if isinstance(left.value, float) and math.isnan(left.value):
        return isinstance(right.value, float) and math.isnan(right.value)
    return type(left.value) is type(right.value) and left.value == right.value


@settings(max_examples=500, deadline=None)
@given(EXPRESSIONS, MESSAGES)
@example(("!=", ("field", ("a",), None), ("number", "1")), {"a": ["", ("number", "2")]})
@example(("or", ("null",), ("true",)), {})
def test_EXP_03_to_EXP_25_compiled_form_gives_what_the_tree_gives(tree, message):
    evaluator = Evaluator(flatten(message))
    try:
        expected = evaluator.scalar(tree)
    except NotImplementedError:
        assume(False)
    text, body = to_text(tree), to_json(message)
    compiled = Filter(text)
    found = result_of(compiled.evaluate(body))
    assert is_same(found, expected), f"{text} over {body}: {found}, and the tree gives {expected}"
    assert compiled.matches(body) == (truth(expected) is True)
