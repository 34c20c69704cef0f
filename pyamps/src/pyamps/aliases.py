# SPDX-License-Identifier: Apache-2.0
"""The camelCase spellings of older programs: the same functions under a second name."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeVar

    Class = TypeVar("Class", bound=type)


def camel_case(name: str) -> str:
    """``set_ack_batch_size`` → ``setAckBatchSize``."""
    first, *rest = name.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in rest)


def with_camel_case(cls: Class) -> Class:
    """Class decorator: every public snake_case method, inherited ones too, gets its camelCase name."""
    for name in dir(cls):
        alias = camel_case(name)
        if not name.startswith("_") and alias != name and not hasattr(cls, alias):
            setattr(cls, alias, getattr(cls, name) if name not in vars(cls) else vars(cls)[name])
    return cls
