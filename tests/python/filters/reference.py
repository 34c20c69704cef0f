# SPDX-License-Identifier: Apache-2.0
"""The expression language once more, as plain as it can be: a tree that is walked.

Written from the description of the language, not from the broker. Trees are tuples: ``("field", ("a", "b"), 0)``
(the last is a subscript or None), ``("number", "1.5")``, ``("string", "text")``, ``("null",)``, and
``(operator, operand, ...)``. Fields are lists of values. Values are None, bool, ``Number`` and str, whose characters
stand for bytes.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
NAN = float("nan")


@dataclass(frozen=True)
class Number:
    value: int | float
    text: str = ""  # As it was written; computed numbers have none.


def parse_number(text: str) -> Number | None:
    trimmed = text.strip(" \t\n\v\f\r")
    if not NUMBER.fullmatch(trimmed):
        return None
    if re.fullmatch(r"[+-]?\d+", trimmed, re.ASCII):
        whole = int(trimmed)
        return Number(whole if -(2**63) <= whole < 2**64 else float(whole) if abs(whole) < 10**308 else math.inf, text)
    return Number(float(trimmed), text)


def wrap(value: int) -> int:
    """What 64 bits cannot hold, signed or unsigned, wraps."""
    if -(2**63) <= value < 2**64:
        return value
    value &= 2**64 - 1
    return value - 2**64 if value >= 2**63 else value


def is_nan(value) -> bool:
    return isinstance(value, Number) and isinstance(value.value, float) and math.isnan(value.value)


def number_of(value):
    """The numeric view: an int or a float, NaN for what is no number; None stays None."""
    if value is None:
        return None
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, str):
        parsed = parse_number(value)
        return NAN if parsed is None else parsed.value
    return value.value


def string_of(value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if value.text:
        return value.text
    if isinstance(value.value, int):
        return str(value.value)
    raise NotImplementedError("the text of a computed float is not compared")


def order(left, right) -> int | None:
    """-1, 0 or 1; None when a side is NULL or NaN."""
    if left is None or right is None or is_nan(left) or is_nan(right):
        return None
    if isinstance(left, str) and isinstance(right, str):
        return (left > right) - (left < right)
    for text, sign in ((left, 1), (right, -1)):
        if isinstance(text, str) and parse_number(text) is None:
            return sign  # What is no number is above every number.
    one, other = number_of(left), number_of(right)
    return (one > other) - (one < other)


COMPARISONS = {
    "=": lambda o: o == 0,
    "!=": lambda o: o != 0,
    "<": lambda o: o < 0,
    "<=": lambda o: o <= 0,
    ">": lambda o: o > 0,
    ">=": lambda o: o >= 0,
}


def any_pair(operator: str, left: list, right: list) -> bool:
    for one in left:
        for other in right:
            found = order(one, other)
            if found is not None and COMPARISONS[operator](found):
                return True
    return False


def truth(value) -> bool | None:
    number = number_of(value)
    if number is None:
        return None
    return number != 0 and number == number


def divide(left: int, right: int) -> int:
    """Toward zero, unlike Python."""
    quotient = abs(left) // abs(right)
    return -quotient if (left < 0) != (right < 0) else quotient


def calculate(operator: str, left, right):
    one, other = number_of(left), number_of(right)
    if one is None or other is None:
        return None
    if one != one or other != other:
        return Number(NAN)
    if isinstance(one, int) and isinstance(other, int):
        if operator in "/%" and other == 0:
            return Number(NAN)
        exact = {
            "+": lambda: one + other,
            "-": lambda: one - other,
            "*": lambda: one * other,
            "/": lambda: divide(one, other),
            "%": lambda: one - other * divide(one, other),
        }[operator]()
        return Number(wrap(exact))
    one, other = float(one), float(other)
    try:
        return Number(
            {
                "+": lambda: one + other,
                "-": lambda: one - other,
                "*": lambda: one * other,
                "/": lambda: one / other,
                "%": lambda: math.fmod(one, other),
            }[operator]()
        )
    except (ZeroDivisionError, ValueError, OverflowError):
        if operator == "/" and one != 0:
            return Number(math.copysign(math.inf, one) * math.copysign(1, other))
        return Number(NAN)


class Evaluator:
    """Evaluates trees over one message: a dict of paths and their values, in document order."""

    def __init__(self, fields: dict[tuple[str, ...], list]) -> None:
        self.fields = fields

    def values(self, tree) -> list:
        """All elements of a field; of anything else the one value, none when NULL."""
        if tree[0] == "field":
            found = self.fields.get(tree[1], [])
            if tree[2] is None:
                return found
            return found[tree[2] : tree[2] + 1]
        value = self.value(tree)
        return [] if value is None else [value]

    def scalar(self, tree):
        return next(iter(self.values(tree)), None)

    def value(self, tree):
        operator, *operands = tree
        if operator == "field":
            return self.scalar(tree)
        if operator == "number":
            return parse_number(operands[0])
        if operator == "string":
            return operands[0] or None
        if operator == "null":
            return None
        if operator in ("true", "false"):
            return operator == "true"
        if operator in ("and", "or"):
            return self.chain(operator, operands)
        if operator in COMPARISONS:
            return any_pair(operator, self.values(operands[0]), self.values(operands[1]))
        if operator in ("+", "-", "*", "/", "%"):
            return calculate(operator, self.scalar(operands[0]), self.scalar(operands[1]))
        return getattr(self, "do_" + operator.replace(" ", "_"))(*operands)

    def chain(self, operator: str, operands):
        """The left operand decides first; NULL decides for NULL."""
        result = truth(self.scalar(operands[0]))
        for operand in operands[1:]:
            if result is None or result == (operator == "or"):
                return result
            result = truth(self.scalar(operand))
        return result

    def do_not(self, operand):
        value = truth(self.scalar(operand))
        return None if value is None else not value

    def do_negate(self, operand):
        number = number_of(self.scalar(operand))
        if number is None:
            return None
        return Number(wrap(-number) if isinstance(number, int) else -number)

    def do_in(self, operand, *items):
        return any(any_pair("=", self.values(operand), self.values(item)) for item in items)

    def do_not_in(self, operand, *items):
        return not self.do_in(operand, *items)

    def do_between(self, operand, low, high):
        return any(
            any_pair(">=", [one], self.values(low)) and any_pair("<=", [one], self.values(high))
            for one in self.values(operand)
        )

    def do_not_between(self, *operands):
        return not self.do_between(*operands)

    def do_is_null(self, operand):
        return self.values(operand) in ([], [None])

    def do_is_not_null(self, operand):
        return not self.do_is_null(operand)

    def do_is_nan(self, operand):
        number = number_of(self.scalar(operand))
        return number is not None and number != number

    def do_is_not_nan(self, operand):
        return not self.do_is_nan(operand)

    def affix(self, operand, items, test) -> bool:
        texts = [string_of(item) for tree in items for item in self.values(tree) if item is not None]
        return any(test(string_of(one), text) for one in self.values(operand) if one is not None for text in texts)

    def do_begins(self, operand, *items):
        return self.affix(operand, items, str.startswith)

    def do_ends(self, operand, *items):
        return self.affix(operand, items, str.endswith)

    def do_if(self, condition, then, otherwise):
        return self.scalar(then if truth(self.scalar(condition)) else otherwise)

    def do_coalesce(self, *operands):
        return next((value for tree in operands if (value := self.scalar(tree)) is not None), None)

    def do_length(self, operand):
        value = self.scalar(operand)
        return None if value is None else Number(len(string_of(value)))

    def do_upper(self, operand):
        value = self.scalar(operand)
        return None if value is None else "".join(c.upper() if c < "\x80" else c for c in string_of(value))

    def do_count(self, operand):
        return Number(len(self.values(operand)))
