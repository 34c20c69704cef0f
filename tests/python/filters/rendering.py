# SPDX-License-Identifier: Apache-2.0
"""Trees of ``reference`` as text of the language, and messages as json."""

from __future__ import annotations

import json

CALLS = {"if": "IF", "coalesce": "COALESCE", "length": "LENGTH", "upper": "UPPER", "count": "ARRAY_COUNT"}
WORDS = {"null": "NULL", "true": "TRUE", "false": "FALSE"}


def quoted(text: str) -> str:
    escaped = "".join(c if " " <= c < "\x7f" and c not in "\\'" else f"\\x{ord(c):02x}" for c in text)
    return f"'{escaped}'"


def to_text(tree) -> str:
    operator, *operands = tree
    if operator == "field":
        path = "".join("/" + step for step in operands[0])
        return path if operands[1] is None else f"{path}[{operands[1]}]"
    if operator == "number":
        return operands[0]
    if operator == "string":
        return quoted(operands[0])
    if operator in WORDS:
        return WORDS[operator]
    texts = [to_text(operand) for operand in operands]
    if operator in CALLS:
        return f"{CALLS[operator]}({', '.join(texts)})"
    if operator in ("and", "or"):
        return "(" + f" {operator.upper()} ".join(texts) + ")"
    if operator == "not":
        return f"(NOT {texts[0]})"
    if operator == "negate":
        return f"(- {texts[0]})"
    if operator.endswith("in"):
        return f"({texts[0]} {operator.upper()} ({', '.join(texts[1:])}))"
    if operator.endswith("between"):
        return f"({texts[0]} {operator.upper()} {texts[1]} AND {texts[2]})"
    if operator.startswith("is "):
        return f"({texts[0]} {operator.upper()})"
    if operator in ("begins", "ends"):
        return f"({texts[0]} {operator.upper()} WITH ({', '.join(texts[1:])}))"
    return f"({texts[0]} {operator} {texts[1]})"


def to_json(message) -> str:
    """A message is a dict, a list, or a scalar: None, bool, str, or a number as ``("number", text)``."""
    if isinstance(message, dict):
        return "{" + ",".join(f"{json.dumps(name)}:{to_json(value)}" for name, value in message.items()) + "}"
    if isinstance(message, list):
        return "[" + ",".join(to_json(value) for value in message) + "]"
    return message[1] if isinstance(message, tuple) else json.dumps(message, ensure_ascii=False)
