# SPDX-License-Identifier: Apache-2.0
"""Message types over sockets: filters, keys and deltas of each. Names carry the rows of the scoreboard."""

from __future__ import annotations

import pytest

import pyamps
from pyamps import Command, CompositeMessageBuilder, CompositeMessageParser

CONFIGURATION = """
<AMPSConfig>
  <Name>types</Name>
  <MessageTypes>
    <MessageType><Name>pipes</Name><Module>fix</Module><FieldSeparator>124</FieldSeparator></MessageType>
    <MessageType>
      <Name>pair</Name><Module>composite-local</Module><MessageType>json</MessageType><MessageType>binary</MessageType>
    </MessageType>
    <MessageType>
      <Name>merged</Name><Module>composite-global</Module><MessageType>json</MessageType><MessageType>json</MessageType>
    </MessageType>
  </MessageTypes>
  <Transports>
    <Transport><Name>any</Name><Type>tcp</Type><InetAddr>127.0.0.1:0</InetAddr></Transport>
    <Transport>
      <Name>pairs</Name><Type>tcp</Type><InetAddr>127.0.0.1:0</InetAddr><MessageType>pair</MessageType>
    </Transport>
  </Transports>
  <SOW>
    <Topic><Name>t</Name><MessageType>msgpack</MessageType><Key>/id</Key><Durability>transient</Durability></Topic>
    <Topic><Name>t</Name><MessageType>xml</MessageType><Key>/m/@id</Key><Durability>transient</Durability></Topic>
    <Topic><Name>t</Name><MessageType>pair</MessageType><Key>/0/id</Key><Durability>transient</Durability></Topic>
    <Topic><Name>t</Name><MessageType>pipes</MessageType><Key>/1</Key><Durability>transient</Durability></Topic>
    <Topic><Name>t</Name><MessageType>merged</MessageType><Key>/id</Key><Durability>transient</Durability></Topic>
  </SOW>
</AMPSConfig>
"""


@pytest.fixture
def broker(serve, tmp_path):
    path = tmp_path / "types.xml"
    path.write_text(CONFIGURATION)
    return serve(config=path)


def composite(*parts):
    builder = CompositeMessageBuilder()
    for part in parts:
        builder.append(part)
    return builder.get_data()


def parts_of(message):
    parser = CompositeMessageParser()
    return [parser.get_part(i) for i in range(parser.parse(message.get_data_raw()))]


def bodies(client, content_filter, *, delta=False, publish=(), delta_publish=()):
    """What a subscription with a filter gets of some messages; the last of them ends it."""
    name = "sow_and_delta_subscribe" if delta else "sow_and_subscribe"
    command = Command(name).set_topic("t").set_filter(content_filter).set_timeout(20_000)
    with client.execute(command) as stream:
        for body in publish:
            client.publish("t", body)
        for body in delta_publish:
            client.delta_publish("t", body)
        for message in stream:
            if message.get_command() in ("publish", "sow", "p"):
                yield message


def test_TOP_06_SUB_02_DLT_11_msgpack(broker, connect):
    client = connect(broker, "msgpack")
    first, second = b"\x83\xa2id\x01\xa1n\x05\xa1s\xa1x", b"\x83\xa2id\x01\xa1n\x06\xa1s\xa1x"
    found = bodies(client, "/n > 4", delta=True, publish=[b"\x82\xa2id\x02\xa1n\x04", first, second])
    assert next(found).get_data_raw() == first
    assert next(found).get_data_raw() == b"\x82\xa2id\x01\xa1n\x06"
    found.close()


def test_TOP_04_DLT_03_xml(broker, connect):
    client = connect(broker, "xml")
    found = bodies(
        client, "/m/n > 4 AND /m/s = 'x'",
        publish=['<m id="1"><n>4</n><s>x</s></m>', '<m id="2"><n>5</n><s>x</s></m>'],
        delta_publish=['<m id="2"><n>6</n></m>'],
    )  # fmt: skip
    assert next(found).get_data() == '<m id="2"><n>5</n><s>x</s></m>'
    assert next(found).get_data() == '<m id="2"><n>6</n><s>x</s></m>'
    found.close()


def test_TOP_09_DLT_04_a_composite_of_json_and_bytes(broker, connect):
    client = connect(broker, "pair")
    found = bodies(
        client, "/0/n > 4",
        publish=[composite('{"id":1,"n":4}', b"\x00\xff"), composite('{"id":1,"n":5}', b"\x00\xff")],
        delta_publish=[composite('{"id":1,"n":6}', b"")],
    )  # fmt: skip
    assert parts_of(next(found)) == [b'{"id":1,"n":5}', b"\x00\xff"]
    assert parts_of(next(found)) == [b'{"id":1,"n":6}', b"\x00\xff"]
    found.close()


def test_TOP_10_a_composite_with_merged_fields(broker, connect):
    client = connect(broker, "merged")
    body = composite('{"id":1,"a":1}', '{"a":2}')
    found = bodies(client, "/a = 2 AND ARRAY_COUNT(/a) = 2", publish=[composite('{"id":2,"a":2}', "{}"), body])
    assert next(found).get_data_raw() == body
    found.close()


def test_TOP_19_a_fix_with_separators_of_its_own(broker, connect):
    client = connect(broker, "pipes")
    found = bodies(client, "/35 = 'D' AND /44 > 150", publish=["1=a|35=D|44=149|", "1=a|35=D|44=151|"])
    assert next(found).get_data() == "1=a|35=D|44=151|"
    found.close()


TEXT_TYPES = {
    "json": ("/id", "/n", '{"id":1,"n":%d,"s":"a"}', '{"id":1,"n":%d}', '{"s":"a"}'),
    "nvfix": ("/id", "/n", "id=1\x01n=%d\x01s=a\x01", "id=1\x01n=%d\x01", "s=a\x01"),
    "fix": ("/11", "/38", "11=1\x0138=%d\x0158=a\x01", "11=1\x0138=%d\x01", "58=a\x01"),
}


@pytest.mark.parametrize("message_type", TEXT_TYPES)
def test_TOP_01_TOP_02_TOP_03_SUB_02_SOW_01_DLT_01_DLT_02_DLT_12_SUB_10(serve, connect, message_type):
    key, number, whole, part, selected = TEXT_TYPES[message_type]
    broker = serve(sow={"t": {"key": key, "message_type": message_type}})
    client, watcher = connect(broker, message_type), connect(broker, message_type)
    follow = Command("subscribe").set_topic("t").set_filter(f"{number} > 4")
    full = client.execute(follow)
    select = client.execute(follow.set_options(f"select=[-{key},-{number}]"))
    deltas = watcher.execute(Command("delta_subscribe").set_topic("t"))
    client.publish("t", whole % 4)
    client.publish("t", whole % 5)
    client.delta_publish("t", part % 6)
    client.publish_flush()
    assert [next(full).get_data() for _ in range(2)] == [whole % 5, whole % 6]
    assert next(select).get_data() == selected
    assert [next(deltas).get_data() for _ in range(3)] == [whole % 4, part % 5, part % 6]
    query = Command("sow").set_topic("t").set_filter(f"{number} = 6")
    assert [m.get_data() for m in client.execute(query) if m.get_command() == "sow"] == [whole % 6]


def test_TOP_05_PUB_12_SOW_03_DLT_05_records_of_bytes_have_supplied_keys(serve, connect):
    broker = serve(sow={"t": {"message_type": "binary"}})
    client, watcher = connect(broker, "binary"), connect(broker, "binary")
    stream = watcher.execute(Command("delta_subscribe").set_topic("t"))
    first, second = bytes(range(256)), b"\x00{\xff"
    for command, body in (("publish", first), ("delta_publish", second)):
        client.execute(Command(command).set_topic("t").set_sow_key("k").set_data(body))
    client.publish_flush()
    assert [next(stream).get_data_raw() for _ in range(2)] == [first, second]
    records = [m for m in client.execute(Command("sow").set_topic("t")) if m.get_command() == "sow"]
    assert [(m.get_sow_key(), m.get_data_raw()) for m in records] == [("k", second)]


def test_TOP_05_ACK_05_binary_has_no_fields(broker, connect):
    with pytest.raises(pyamps.exceptions.BadFilterException):
        connect(broker, "binary").subscribe("t", filter="/a = 1")


def test_CON_05_CFG_11_a_transport_of_a_configured_type(broker):
    assert broker.uri("pair", transport="tcp").endswith("/amps/pair")
