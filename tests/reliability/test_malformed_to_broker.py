# SPDX-License-Identifier: Apache-2.0
"""REL-05, direction b: each malformed input gets its outcome, and nobody else notices."""

from __future__ import annotations

import contextlib
import socket

import pytest
from broker_process import BrokerProcess
from bystander import Bystander
from frames import ROWS, Frame, Outcome, rows_for
from raw_peer import Closed, RawPeer

CLOSE_S = 1.0
SLACK_S = 10.0  # The test machine is shared.
LOGON_TIMEOUT_MS = 1500


def test_the_table_has_72_rows():
    assert [row.id for row in ROWS] == [f"F{number:02d}" for number in range(1, 73)]


def provoke(peer: RawPeer, row: Frame) -> None:
    """Send the row's bytes; the broker may close before it has read them all."""
    data = row.bytes_for("b")
    with contextlib.suppress(Closed):
        for piece in [data[i : i + 1] for i in range(len(data))] if row.one_by_one else [data]:
            peer.send(piece)
    if row.half_close:
        peer.socket.shutdown(socket.SHUT_WR)


def expect_close(peer: RawPeer, row: Frame, broker: BrokerProcess, log_start: int) -> None:
    try:
        answers = peer.wait_closed(CLOSE_S + SLACK_S)
    except TimeoutError:
        pytest.fail("the broker did not close the connection")
    if row.reason:
        reasons = [str(answer.get("reason", "")) for answer in answers if answer.get("status") == "failure"]
        if b'"cid"' in row.bytes_for("b"):
            assert any(row.reason in reason for reason in reasons), f"acks before the close: {answers}"
    if row.log:
        broker.wait_for_log(row.log, start=log_start)


def expect_refusal(peer: RawPeer, row: Frame) -> None:
    answer = peer.ack("odd")
    assert answer["status"] == "failure"
    assert row.reason in answer["reason"]
    assert peer.is_usable()


TO_BROKER = [row for row in rows_for("b") if row.outcome is not Outcome.CLOSE_LATE]


@pytest.mark.parametrize("row", TO_BROKER, ids=lambda row: row.id)
def test_broker(row: Frame, broker: BrokerProcess, bystander: Bystander):
    log_start = len(broker.log)
    with RawPeer(broker.port) as peer:
        if not row.before_logon:
            peer.logon(f"odd-{row.id}")
        provoke(peer, row)
        if row.outcome is Outcome.CLOSE:
            expect_close(peer, row, broker, log_start)
        elif row.outcome is Outcome.REFUSE:
            expect_refusal(peer, row)
        elif row.outcome is Outcome.HANG_UP:
            peer.wait_closed(CLOSE_S + SLACK_S)
        else:
            answers = peer.headers_before_flush()
            assert [answer for answer in answers if answer.get("status") == "failure"] == []
        bystander.check()
    assert broker.is_alive()


def test_a_frame_that_never_ends_is_closed_at_the_logon_deadline():
    (row,) = [row for row in rows_for("b") if row.outcome is Outcome.CLOSE_LATE]
    with BrokerProcess(f"LOGON_TIMEOUT_MS={LOGON_TIMEOUT_MS}") as own, RawPeer(own.port) as peer:
        provoke(peer, row)
        with pytest.raises(TimeoutError):
            peer.wait_closed(LOGON_TIMEOUT_MS / 1000 * 0.6)
        peer.wait_closed(LOGON_TIMEOUT_MS / 1000 + SLACK_S)


def test_the_bystander_was_not_held_up(bystander: Bystander):
    bystander.check(more=50)
    assert bystander.share_ms(0.99) < 100
