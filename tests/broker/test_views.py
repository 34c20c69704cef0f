# SPDX-License-Identifier: Apache-2.0
"""Views, conflated topics, aggregated and paginated subscriptions as a Python program sees them."""

from __future__ import annotations

import json

from pyamps import Command, Message

SOW, OOF, PUBLISH = Message.Command.SOW, Message.Command.OOF, Message.Command.Publish

TOTALS = {
    "source": "orders",
    "projection": ["/customer", "SUM(/quantity) AS /quantity", "COUNT(/id) AS /orders"],
    "grouping": "/customer",
}


def records(client, topic, **members):
    command = Command("sow").set_topic(topic).set_batch_size(10)
    for name, value in members.items():
        getattr(command, f"set_{name}")(value)
    return [json.loads(m.get_data()) for m in client.execute(command) if m.get_command() == SOW]


def told(stream, count):
    """The next messages that carry records, as command and body."""
    messages = (m for m in stream if m.get_command() in (SOW, OOF, PUBLISH))
    return [(m.get_command(), json.loads(m.get_data())) for _, m in zip(range(count), messages)]


def order(client, number, customer, quantity):
    client.publish("orders", json.dumps({"id": number, "customer": customer, "quantity": quantity}))


def test_VEW_01_VEW_08_a_view_adds_up_its_source(serve, connect):
    client = connect(serve(sow={"orders": "/id"}, views={"totals": TOTALS}))
    for number, customer, quantity in ((1, "A", 5), (2, "B", 7), (3, "A", 1), (2, "A", 7)):
        order(client, number, customer, quantity)
    client.publish_flush()
    assert records(client, "totals") == [{"customer": "A", "quantity": 13, "orders": 3}]


def test_VEW_03_VEW_04_a_view_joins_topics(serve, connect):
    named = {
        "join": ["[orders].[/customer] = [customers].[/name]"],
        "projection": ["[orders].[/id] AS /id", "[customers].[/city] AS /city"],
        "grouping": "[orders].[/id]",
    }
    client = connect(serve(sow={"orders": "/id", "customers": "/name"}, views={"named": named}))
    order(client, 1, "A", 5)
    client.publish_flush()
    assert records(client, "named") == [{"id": 1, "city": None}]
    client.publish("customers", '{"name": "A", "city": "Rome"}')
    client.publish_flush()
    assert records(client, "named") == [{"id": 1, "city": "Rome"}]


def test_PUB_10_nobody_publishes_to_a_view(serve, connect):
    client = connect(serve(sow={"orders": "/id"}, views={"totals": TOTALS}))
    answers = client.execute(Command("publish").set_topic("totals").set_data("{}").add_ack_type("processed"))
    answer = next(iter(answers))
    assert (answer.get_status(), answer.get_reason()) == ("failure", "invalid topic")


def test_AGG_01_AGG_02_an_aggregated_subscription_follows_its_groups(serve, connect):
    broker = serve(sow={"orders": "/id"})
    client = connect(broker)
    order(client, 1, "A", 5)
    client.publish_flush()
    by_customer = "grouping=[/customer],projection=[/customer,AVG(/quantity) AS /average]"
    assert records(client, "orders", options=by_customer) == [{"customer": "A", "average": 5.0}]
    stream = client.execute(Command("sow_and_subscribe").set_topic("orders").set_options(by_customer))
    order(client, 2, "A", 6)
    assert [body["average"] for _, body in told(stream, 2)] == [5.0, 5.5]


def test_PAG_01_PAG_02_a_page_of_the_largest(serve, connect):
    client = connect(serve(sow={"orders": "/id"}))
    for number in range(5):
        order(client, number, "A", number)
    client.publish_flush()
    command = Command("sow_and_subscribe").set_topic("orders").set_order_by("/quantity DESC")
    stream = client.execute(command.set_options("top_n=2,skip_n=0,oof"))
    order(client, 0, "A", 100)
    seen = [(kind, body["id"]) for kind, body in told(stream, 4)]
    assert seen == [(SOW, 4), (SOW, 3), (OOF, 3), (PUBLISH, 0)]


def test_CNF_07_a_conflated_topic_is_a_copy(serve, connect):
    client = connect(serve(sow={"orders": "/id"}, conflated_topics={"slow": {"source": "orders", "interval": "100ms"}}))
    stream = client.execute(Command("subscribe").set_topic("slow"))
    for quantity in range(10):
        order(client, 1, "A", quantity)
    seen = [told(stream, 1)[0][1]["quantity"]]
    while seen[-1] != 9:
        seen.append(told(stream, 1)[0][1]["quantity"])
    assert seen == sorted(set(seen))
