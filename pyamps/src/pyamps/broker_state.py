# SPDX-License-Identifier: Apache-2.0
"""Topics that keep state, as keywords of :class:`pyamps.Broker`, written as the XML a broker reads.

One reader and one set of errors: a key in a definition is the element of the same name, ``max_backlog`` the
element ``MaxBacklog``, so everything the configuration knows can be said in Python.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Union

__all__ = ["Definition", "Definitions", "state_xml"]

#: Elements of one topic by snake_case name; a list repeats the element.
Definition = Mapping[str, Any]
#: Topics by name, or only names.
Definitions = Union[Iterable[str], Mapping[str, Any]]

TEMPORARY = ":temporary:"

_ALIASES = {"file": "FileName", "source": "UnderlyingTopic"}
# Elements that hold a list of elements of another name.
_ITEMS = {"Projection": "Field", "Grouping": "Field", "Enrichment": "Field", "Preprocessing": "Field"}


def state_xml(
    *,
    journal: str | os.PathLike[str] | bool | Definition | None = None,
    sow: Definitions = (),
    queues: Definitions = (),
    views: Mapping[str, Definition] | None = None,
    conflated_topics: Mapping[str, Any] | None = None,
) -> str:
    """The configuration of these topics, to be given to ``Broker.configure``; empty when there are none.

    What each keyword takes is said by :class:`pyamps.Broker`.
    """
    declared = [
        *_declared("Topic", sow, _sow_topic),
        *_declared("Queue", queues, _elements),
        *_declared("View", views or {}, _elements),
        *_declared("ConflatedTopic", conflated_topics or {}, _conflated_topic),
    ]
    queue_types = {definition["message_type"] for element, definition in declared if element == "Queue"}
    dead_letters = [_dead_letter(definition) for _, definition in declared if "dead_letter" in definition]
    text = _log(journal, queue_types)
    if declared:
        text += "<SOW>" + "".join(_element(element, definition) for element, definition in declared) + "</SOW>"
    if dead_letters:
        text += "<Actions>" + "".join(dead_letters) + "</Actions>"
    return f"<AMPSConfig>{text}</AMPSConfig>" if text else ""


def _dead_letter(queue: dict[str, Any]) -> str:
    """Takes the key out of the definition: it is an action, not an element of the queue."""
    message_type = queue["message_type"]
    started = {"topic": queue["name"], "message_type": message_type}
    done = {"topic": queue.pop("dead_letter"), "message_type": message_type, "data": "{{AMPS_DATA}}"}
    action = {
        "on": {"module": "amps-action-on-sow-expire-message", "options": started},
        "do": {"module": "amps-action-do-publish-message", "options": done},
    }
    return _element("Action", action)


def _declared(
    element: str, definitions: Definitions, read: Callable[[Any], dict[str, Any]]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Elements of that name with what is in them."""
    if isinstance(definitions, str):
        definitions = [definitions]
    by_name = definitions if isinstance(definitions, Mapping) else dict.fromkeys(definitions)
    for name, definition in by_name.items():
        try:
            members = read(definition)
        except (TypeError, ValueError):
            raise TypeError(f"{element} {name!r} needs a definition by name, not {definition!r}") from None
        yield element, {"name": name, "message_type": "json", **members}


def _sow_topic(definition: Any) -> dict[str, Any]:
    topic = dict(definition) if isinstance(definition, Mapping) else {"key": definition}
    if topic.keys().isdisjoint(("file", "file_name", "durability")):
        topic["durability"] = "transient"
    return topic


def _elements(definition: Any) -> dict[str, Any]:
    return dict(definition or {})


def _conflated_topic(definition: Any) -> dict[str, Any]:
    return {"source": definition} if isinstance(definition, str) else dict(definition)


def _log(journal: str | os.PathLike[str] | bool | Definition | None, queue_types: set[str]) -> str:
    """The transaction log. Queues need one, so they bring it."""
    if journal is False or (journal is None and not queue_types):
        return ""
    log: dict[str, Any] = {"journal_directory": TEMPORARY}
    if isinstance(journal, Mapping):
        log.update(journal)
    elif isinstance(journal, (str, os.PathLike)):
        log["journal_directory"] = journal
    if "topic" not in log:
        log["topic"] = [{"name": ".*", "message_type": one} for one in sorted({"json", *queue_types})]
    return _element("TransactionLog", log)


def _element(name: str, value: Any) -> str:
    from html import escape  # Here, because most programs never need it.

    if isinstance(value, Mapping):
        return f"<{name}>{''.join(_member(key, one) for key, one in value.items())}</{name}>"
    if isinstance(value, bool):
        value = "true" if value else "false"
    return f"<{name}>{escape(os.fspath(value) if isinstance(value, os.PathLike) else str(value))}</{name}>"


def _member(key: str, value: Any) -> str:
    if value is None:
        return ""
    name = _ALIASES.get(key) or "".join(part[:1].upper() + part[1:] for part in key.split("_"))
    is_single = isinstance(value, (str, Mapping)) or not isinstance(value, Iterable)
    items = [value] if is_single else list(value)
    if name in _ITEMS:
        return f"<{name}>{''.join(_element(_ITEMS[name], one) for one in items)}</{name}>"
    if name == "HashIndex":
        rows = [[row] if isinstance(row, str) else row for row in items]
        return "".join(f"<{name}>{''.join(_element('Key', path) for path in row)}</{name}>" for row in rows)
    if name == "Join":
        return f"<UnderlyingTopic>{''.join(_element(name, one) for one in items)}</UnderlyingTopic>"
    return "".join(_element(name, one) for one in items)
