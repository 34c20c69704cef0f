# SPDX-License-Identifier: Apache-2.0
"""A client that asks and asks and never reads."""

from __future__ import annotations

from raw_session import RawSession


def test_too_many_unread_queries_end_their_client_and_nobody_else(serve):
    broker = serve(sow={"large": "/id"})
    bystander = RawSession(broker, "bystander")
    for number in range(20):
        body = f'{{"id":{number},"text":"{"x" * 500_000}"}}'
        assert bystander.ask("p", body, t="large")["status"] == "success"
    greedy = RawSession(broker, "greedy")
    for number in range(1100):
        try:
            greedy.send(c="sow_and_subscribe", cid=f"q{number}", query_id=f"q{number}", sub_id=f"q{number}", t="large")
        except OSError:
            break  # It was cut off.
    while greedy.receive() is not None:
        pass
    assert bystander.ask("p", "{}", t="other")["status"] == "success"
    assert broker.is_running()
