# SPDX-License-Identifier: Apache-2.0
"""Keywords for topics that keep state, as XML."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

from pyamps.broker_state import state_xml


def texts(root: ElementTree.Element, path: str) -> list[str | None]:
    return [element.text for element in root.findall(path)]


def written(**keywords: object) -> ElementTree.Element:
    return ElementTree.fromstring(state_xml(**keywords))


def test_nothing_is_no_text() -> None:
    assert state_xml() == ""


def test_names_of_keys_are_those_of_elements() -> None:
    root = written(queues={"jobs": {"max_per_subscription_backlog": 5, "lease_period": "2s"}})
    assert texts(root, "SOW/Queue/Name") == ["jobs"]
    assert texts(root, "SOW/Queue/MessageType") == ["json"]
    assert texts(root, "SOW/Queue/MaxPerSubscriptionBacklog") == ["5"]
    assert texts(root, "SOW/Queue/LeasePeriod") == ["2s"]


def test_queues_bring_a_temporary_log_that_takes_everything() -> None:
    root = written(queues=["a", "b"])
    assert texts(root, "SOW/Queue/Name") == ["a", "b"]
    assert texts(root, "TransactionLog/JournalDirectory") == [":temporary:"]
    assert texts(root, "TransactionLog/Topic/Name") == [".*"]
    assert texts(root, "TransactionLog/Topic/MessageType") == ["json"]
    other = written(queues={"a": {"message_type": "xml"}})
    assert texts(other, "TransactionLog/Topic/MessageType") == ["json", "xml"]
    assert texts(other, "SOW/Queue/MessageType") == ["xml"]
    assert texts(written(queues="a", journal=False), "TransactionLog") == []


def test_a_log_is_a_directory_or_its_elements() -> None:
    for directory in ("/data", Path("/data")):
        assert texts(written(journal=directory), "TransactionLog/JournalDirectory") == ["/data"]
    assert texts(written(journal=True), "TransactionLog/JournalDirectory") == [":temporary:"]
    root = written(journal={"journal_size": "10MB", "topic": [{"name": "a", "message_type": "json"}]})
    assert texts(root, "TransactionLog/JournalDirectory") == [":temporary:"]
    assert texts(root, "TransactionLog/Topic/Name") == ["a"]


def test_topics_with_records_are_transient_unless_they_have_a_file() -> None:
    root = written(sow={"orders": "/id", "fills": ["/a", "/b"], "own": None, "kept": {"key": "/id", "file": "k.sow"}})
    assert texts(root, "SOW/Topic/Key") == ["/id", "/a", "/b", "/id"]
    assert texts(root, "SOW/Topic/Durability") == ["transient"] * 3
    assert texts(root, "SOW/Topic/FileName") == ["k.sow"]


def test_views_have_lists_of_fields_and_joins() -> None:
    view = {
        "join": ["[orders].[/sym] = [ref].[/sym]"],
        "projection": ["[orders].[/id] AS /id", "SUM([orders].[/qty]) AS /n"],
        "grouping": "[orders].[/id]",
        "join_null_equivalency": True,
        "hash_index": ["/id", ["/id", "/n"]],
    }
    root = written(views={"v": view}, conflated_topics={"slow": "v"})
    assert texts(root, "SOW/View/UnderlyingTopic/Join") == ["[orders].[/sym] = [ref].[/sym]"]
    assert texts(root, "SOW/View/Projection/Field") == ["[orders].[/id] AS /id", "SUM([orders].[/qty]) AS /n"]
    assert texts(root, "SOW/View/Grouping/Field") == ["[orders].[/id]"]
    assert texts(root, "SOW/View/JoinNullEquivalency") == ["true"]
    assert [texts(row, "Key") for row in root.findall("SOW/View/HashIndex")] == [["/id"], ["/id", "/n"]]
    assert texts(root, "SOW/ConflatedTopic/UnderlyingTopic") == ["v"]


def test_a_dead_letter_is_an_action() -> None:
    root = written(queues={"jobs": {"max_cancels": 1, "dead_letter": "dead"}, "plain": {}})
    assert [child.tag for child in root.findall("SOW/Queue")[0]] == ["Name", "MessageType", "MaxCancels"]
    (action,) = root.findall("Actions/Action")
    assert texts(action, "On/Module") == ["amps-action-on-sow-expire-message"]
    assert texts(action, "On/Options/Topic") == ["jobs"]
    assert texts(action, "Do/Module") == ["amps-action-do-publish-message"]
    assert texts(action, "Do/Options/Topic") == ["dead"]
    assert texts(action, "Do/Options/Data") == ["{{AMPS_DATA}}"]


def test_values_are_escaped() -> None:
    root = written(queues={"a&b": {"filter": "/x < 3 AND /y = '<'"}})
    assert texts(root, "SOW/Queue/Name") == ["a&b"]
    assert texts(root, "SOW/Queue/Filter") == ["/x < 3 AND /y = '<'"]
