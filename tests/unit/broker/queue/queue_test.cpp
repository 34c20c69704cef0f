// SPDX-License-Identifier: Apache-2.0
#include "broker/queue/queue.h"

#include <doctest/doctest.h>

#include <string>

#include "queue_fixture.h"

using namespace queue_tests;

namespace {

constexpr std::uint64_t kSecondUs = 1'000'000;

struct Leased : QueueFixture {
  Leased() { rules.lease_us = 2 * kSecondUs; }
};
struct Wide : QueueFixture {  // Backlogs of any size.
  Wide() { rules.subscription_backlog_max = 1000; }
};
struct AtMostOnce : Wide {
  AtMostOnce() {
    rules.semantics = QueueSemantics::kAtMostOnce;
    rules.fairness = FairnessModel::kRoundRobin;
  }
};

}  // namespace

TEST_CASE_FIXTURE(Leased, "QUE-01: the worked sequence of two consumers with backlog 1") {
  subscribe();
  subscribe();
  add_all(1, 3);
  CHECK(happened() == "A<m1 B<m2 ");
  now_us += kSecondUs / 2;
  CHECK(ack('A', 1) == AckOutcome::kDone);
  CHECK(happened() == "-m1 A<m3 ");
  now_us += kSecondUs / 2;
  unsubscribe('B');
  CHECK(happened().empty());
  CHECK(waiting() == "m2 ");
  now_us += kSecondUs / 5;
  CHECK(ack('A', 3, AckKind::kCancel) == AckOutcome::kDone);
  CHECK(happened() == "A<m2 ");
  CHECK(waiting() == "m3 ");
  CHECK(after_ms(1999).empty());
  CHECK(after_ms(1) == "A<m2 ");
  now_us += kSecondUs / 10;
  CHECK(ack('A', 2) == AckOutcome::kDone);
  CHECK(happened() == "-m2 A<m3 ");
}

TEST_CASE_FIXTURE(Leased,
                  "QUE-01: a delivered message is leased, stays in the queue, and names its lease's end") {
  subscribe();
  add(1);
  CHECK(happened() == "A<m1 ");
  CHECK(queue().depth() == 1);
  CHECK(queue().leased_count() == 1);
  CHECK(queue().find(id_of(1))->lease_end_us == now_us + 2 * kSecondUs);
  CHECK(queue().next_due_us() == now_us + 2 * kSecondUs);
  ack('A', 1);
  CHECK(queue().next_due_us() == kNeverUs);
  CHECK(after_ms(10'000) == "-m1 ");
}

TEST_CASE_FIXTURE(AtMostOnce, "QUE-03: at most once removes at delivery and never delivers again") {
  rules.lease_us = kSecondUs;
  subscribe(2);
  add_all(1, 4);
  CHECK(happened() == "A<m1 -m1:delivered A<m2 -m2:delivered ");
  CHECK(queue().depth() == 2);
  CHECK(queue().oldest()->position == 3);
  CHECK(after_ms(5000).empty());
  ack('A', 1);
  CHECK(happened() == "A<m3 -m3:delivered ");
  CHECK(ack('A', 2, AckKind::kCancel) == AckOutcome::kDone);  // Makes room, brings nothing back.
  CHECK(happened() == "A<m4 -m4:delivered ");
  unsubscribe('A');
  subscribe(2);
  CHECK(happened().empty());
  CHECK(ack('B', 4) == AckOutcome::kUnknown);
}

TEST_CASE_FIXTURE(Wide, "QUE-04: a subscription holds at most its backlog, and an ack makes room at once") {
  subscribe(2);
  add_all(1, 4);
  CHECK(happened() == "A<m1 A<m2 ");
  ack('A', 2);
  CHECK(happened() == "-m2 A<m3 ");
  CHECK(queue().backlog_of(id('A')) == 2);
}

TEST_CASE_FIXTURE(QueueFixture, "QUE-05: the queue's limit for a subscription wins over a larger wish") {
  subscribe(50);
  add_all(1, 3);
  CHECK(happened() == "A<m1 ");
  CHECK(queue().backlog_of(id('A')) == 1);
}

TEST_CASE_FIXTURE(Leased, "QUE-06: a message whose lease ends goes to who has room, at its old place") {
  subscribe();
  add_all(1, 2);
  CHECK(happened() == "A<m1 ");
  subscribe();
  CHECK(happened() == "B<m2 ");
  ack('B', 2);
  CHECK(happened() == "-m2 ");
  add(3);
  now_us += kSecondUs;
  subscribe();
  CHECK(happened() == "B<m3 ");
  CHECK(after_ms(1000) == "A<m1 ");  // A and C are free; the tie goes to the first.
  CHECK(queue().counts().redelivered == 1);
}

TEST_CASE_FIXTURE(Leased, "QUE-22: sublet, a late ack removes the message although another holds it") {
  subscribe();
  add(1);
  CHECK(happened() == "A<m1 ");
  subscribe();
  replace('A', 0);  // So that it comes to B.
  CHECK(after_ms(2000) == "B<m1 ");
  CHECK(ack('A', 1) == AckOutcome::kDone);
  CHECK(happened() == "-m1 ");
  CHECK(queue().outstanding_of(id('B')) == 0);
  CHECK(ack('B', 1) == AckOutcome::kUnknown);
}

TEST_CASE_FIXTURE(Leased, "QUE-22: strict, only the holder settles a leased message, anyone a free one") {
  rules.leasing = Leasing::kStrict;
  subscribe();
  add_all(1, 2);
  CHECK(happened() == "A<m1 ");
  for (const AckKind kind : {AckKind::kAcknowledge, AckKind::kCancel, AckKind::kExpire}) {
    CHECK(ack('B', 1, kind) == AckOutcome::kHeldByOther);
  }
  CHECK(happened().empty());
  CHECK(ack('B', 2) == AckOutcome::kDone);
  CHECK(happened() == "-m2 ");
  replace('A', 0);
  CHECK(after_ms(2000).empty());
  CHECK(ack('A', 1) == AckOutcome::kDone);  // Late, but nobody has it.
  CHECK(happened() == "-m1 ");
}

TEST_CASE_FIXTURE(Wide, "QUE-22: strict goes by client, not by subscription") {
  rules.leasing = Leasing::kStrict;
  subscribe(1, kNoFilter, QueueFixture::client_of('B'));
  add(1);
  CHECK(happened() == "A<m1 ");
  CHECK(ack('B', 1) == AckOutcome::kDone);
}

TEST_CASE_FIXTURE(Wide, "QUE-08: unsubscribing returns messages to their places") {
  subscribe(2);
  add_all(1, 3);
  CHECK(happened() == "A<m1 A<m2 ");
  unsubscribe('A');
  CHECK(waiting() == "m1 m2 m3 ");
  subscribe(3);
  CHECK(happened() == "B<m1 B<m2 B<m3 ");
}

TEST_CASE_FIXTURE(QueueFixture,
                  "QUE-09: cancel returns a message to its place; of a free one it changes nothing") {
  subscribe();
  add_all(1, 2);
  CHECK(happened() == "A<m1 ");
  CHECK(ack('A', 2, AckKind::kCancel) == AckOutcome::kNotLeased);
  CHECK(ack('A', 1, AckKind::kCancel) == AckOutcome::kDone);
  CHECK(happened() == "A<m1 ");
  CHECK(queue().find(id_of(1))->cancels == 1);
}

TEST_CASE_FIXTURE(QueueFixture, "QUE-10: expire removes at once, leased or not") {
  subscribe();
  add_all(1, 3);
  CHECK(happened() == "A<m1 ");
  CHECK(ack('A', 2, AckKind::kExpire) == AckOutcome::kDone);
  CHECK(ack('A', 1, AckKind::kExpire) == AckOutcome::kDone);
  CHECK(happened() == "-m2:forced -m1:forced A<m3 ");
  CHECK(queue().counts().expired == 2);
}

TEST_CASE_FIXTURE(Leased, "QUE-11: the lease that reaches MaxDeliveries is the last") {
  rules.deliveries_max = 2;
  subscribe();
  add(1);
  CHECK(happened() == "A<m1 ");
  CHECK(after_ms(2000) == "A<m1 ");
  CHECK(after_ms(2000) == "-m1:deliveries ");
  add(2);
  CHECK(happened() == "A<m2 ");
  unsubscribe('A');
  subscribe();
  CHECK(happened() == "B<m2 ");
  unsubscribe('B');
  CHECK(happened() == "-m2:deliveries ");
}

TEST_CASE_FIXTURE(QueueFixture, "QUE-12: the cancel that reaches MaxCancels expires the message (A-07)") {
  rules.cancels_max = 2;
  subscribe();
  add(1);
  CHECK(happened() == "A<m1 ");
  ack('A', 1, AckKind::kCancel);
  CHECK(happened() == "A<m1 ");
  ack('A', 1, AckKind::kCancel);
  CHECK(happened() == "-m1:cancels ");
}

TEST_CASE_FIXTURE(QueueFixture, "QUE-13: a message leaves when its time is up, also while leased (A-08)") {
  subscribe();
  add(1, 0, 5 * kSecondUs);
  add(2, 0, 3 * kSecondUs);
  CHECK(happened() == "A<m1 ");
  CHECK(queue().next_due_us() == now_us + 3 * kSecondUs);
  CHECK(after_ms(3000) == "-m2:time ");
  CHECK(after_ms(2000) == "-m1:time ");
  CHECK(ack('A', 1) == AckOutcome::kUnknown);
  add(3);
  CHECK(happened() == "A<m3 ");
}

TEST_CASE("QUE-14: which expiration counts") {
  QueueRules rules;
  rules.expiration_us = 10;
  const auto expiry = [&](ExpirationModel model, std::optional<std::uint64_t> wanted_us) {
    rules.expiration_model = model;
    return expiry_us(rules, 100, wanted_us);
  };
  CHECK(expiry(ExpirationModel::kDefault, 25) == 125);
  CHECK(expiry(ExpirationModel::kDefault, {}) == 110);
  CHECK(expiry(ExpirationModel::kDefault, kNeverUs) == kNeverUs);
  CHECK(expiry(ExpirationModel::kQueue, 25) == 110);
  CHECK(expiry(ExpirationModel::kLatest, 25) == 125);
  CHECK(expiry(ExpirationModel::kLatest, 5) == 110);
  CHECK(expiry(ExpirationModel::kEarliest, 25) == 110);
  CHECK(expiry(ExpirationModel::kEarliest, 5) == 105);
  rules.expiration_us = kNeverUs;  // Not set: for ever.
  CHECK(expiry(ExpirationModel::kDefault, {}) == kNeverUs);
  CHECK(expiry(ExpirationModel::kLatest, 5) == kNeverUs);
  CHECK(expiry(ExpirationModel::kEarliest, 5) == 105);
  CHECK(expiry(ExpirationModel::kEarliest, UINT64_MAX - 50) == kNeverUs);
}

TEST_CASE_FIXTURE(Wide, "QUE-15: proportional gives to the lowest ratio of unacknowledged to backlog") {
  subscribe(2);
  subscribe(5);
  subscribe(8);
  add_all(1, 7);
  CHECK(happened() == "A<m1 B<m2 C<m3 C<m4 B<m5 C<m6 C<m7 ");
  add(8);  // Ratios 1/2, 2/5, 4/8.
  CHECK(happened() == "B<m8 ");
}

TEST_CASE_FIXTURE(Wide, "QUE-16: round robin goes on where it stopped, whoever comes or goes") {
  rules.fairness = FairnessModel::kRoundRobin;
  subscribe(9);
  subscribe(9);
  subscribe(9);
  add_all(1, 4);
  CHECK(happened() == "A<m1 B<m2 C<m3 A<m4 ");
  subscribe(9);
  add(5);
  CHECK(happened() == "B<m5 ");
  unsubscribe('B');
  CHECK(happened() == "C<m2 D<m5 ");
  add(6);
  CHECK(happened() == "A<m6 ");
}

TEST_CASE_FIXTURE(Wide, "QUE-17: fast gives to the first that has room") {
  rules.fairness = FairnessModel::kFast;
  subscribe(2);
  subscribe(2);
  add_all(1, 3);
  CHECK(happened() == "A<m1 A<m2 B<m3 ");
  ack('A', 1);
  add(4);
  CHECK(happened() == "-m1 A<m4 ");
}

TEST_CASE_FIXTURE(Wide,
                  "QUE-18: a consumer gets what its filter matches, and others' messages do not block it") {
  filters[1] = [](int number) { return number % 2 == 0; };
  subscribe(9, 1);
  add_all(1, 4);
  CHECK(happened() == "A<m2 A<m4 ");
  CHECK(waiting() == "m1 m3 ");
  subscribe(9);
  CHECK(happened() == "B<m1 B<m3 ");
}

TEST_CASE_FIXTURE(Wide, "QUE-18: a message returned after a filter looked past it is found again") {
  filters[1] = [](int number) { return number != 3; };
  subscribe(1);
  add(1);
  CHECK(happened() == "A<m1 ");
  subscribe(1, 1);
  add_all(2, 4);
  CHECK(happened() == "B<m2 ");
  ack('B', 2);
  CHECK(happened() == "-m2 B<m4 ");
  unsubscribe('A');
  ack('B', 4);
  CHECK(happened() == "-m4 B<m1 ");
  CHECK(waiting() == "m3 ");
}

TEST_CASE_FIXTURE(Wide, "QUE-20: priority goes first, and of equals the oldest") {
  add(1, 1);
  add(2, 5);
  add(3, 5);
  subscribe(2);
  CHECK(happened() == "A<m2 A<m3 ");
  add(4, 9);
  add(5, 9);
  ack('A', 2);
  CHECK(happened() == "-m2 A<m4 ");
  ack('A', 3, AckKind::kCancel);
  CHECK(happened() == "A<m5 ");
  CHECK(waiting() == "m3 m1 ");
}

TEST_CASE_FIXTURE(Wide, "QUE-20: a filter finds a message of higher priority that came later") {
  filters[1] = [](int number) { return number != 2; };
  rules.backlog_max = 1;
  add(1, 1);
  add(2, 5);
  add(3, 3);
  subscribe(2, 1);
  CHECK(happened() == "A<m3 ");
  add(4, 9);  // The queue is at its limit: A knows m1 as its next, and must learn of m4.
  CHECK(happened().empty());
  ack('A', 3);
  CHECK(happened() == "-m3 A<m4 ");
  ack('A', 4);
  CHECK(happened() == "-m4 A<m1 ");
}

TEST_CASE_FIXTURE(Wide, "QUE-21: a barrier waits for all before it, goes to all who match, then lets pass") {
  filters[1] = [](int number) { return number != 2; };
  filters[2] = [](int) { return false; };
  subscribe(1);
  subscribe(0);  // QUE-42: a backlog of 0 receives barriers only.
  subscribe(5, 1);
  subscribe(5, 2);  // Matches nothing, and still observes the pause.
  add(1);
  add_barrier(3);
  add(4);
  CHECK(happened() == "A<m1 ");
  CHECK(queue().depth() == 3);
  ack('A', 1);
  CHECK(happened() == "-m1 A<m3 B<m3 C<m3 -m3:delivered A<m4 ");
  CHECK(queue().outstanding_of(id('A')) == 1);
}

TEST_CASE_FIXTURE(Wide, "QUE-21: a barrier waits for somebody to go to, and may be acknowledged or expire") {
  add_barrier(1);
  add(2);
  add_barrier(3);
  add(4);
  add(5, 0, kSecondUs, true);
  add(6);
  CHECK(happened().empty());
  CHECK(ack('X', 1) == AckOutcome::kDone);
  subscribe(1);
  CHECK(happened() == "-m1 A<m2 ");
  CHECK(ack('A', 3, AckKind::kExpire) == AckOutcome::kDone);
  ack('A', 2);
  CHECK(happened() == "-m3:forced -m2 A<m4 ");
  CHECK(after_ms(1000) == "-m5:time ");
  ack('A', 4);
  CHECK(happened() == "-m4 A<m6 ");
}

TEST_CASE_FIXTURE(Wide, "QUE-28: MaxBacklog bounds what all consumers hold together") {
  rules.backlog_max = 3;
  subscribe(2);
  subscribe(2);
  add_all(1, 5);
  CHECK(happened() == "A<m1 B<m2 A<m3 ");
  ack('A', 1);
  CHECK(happened() == "-m1 A<m4 ");  // Each holds one of two.
}

TEST_CASE_FIXTURE(Wide, "QUE-31: replace keeps leases and delivers nothing until they fit the new backlog") {
  filters[1] = [](int number) { return number > 4; };
  subscribe(3);
  add_all(1, 5);
  CHECK(happened() == "A<m1 A<m2 A<m3 ");
  replace('A', 2, 1);
  CHECK(happened().empty());
  ack('A', 1);
  CHECK(happened() == "-m1 ");
  ack('A', 2);
  CHECK(happened() == "-m2 A<m5 ");
  CHECK(queue().outstanding_of(id('A')) == 2);
}

TEST_CASE_FIXTURE(Wide, "QUE-36: an ack that comes before its message removes it on arrival, for a time") {
  rules.deferred_ack_us = 10 * kSecondUs;
  subscribe(5);
  CHECK(ack('A', 1) == AckOutcome::kUnknown);
  queue().defer_ack(id_of(1), now_us);
  queue().defer_ack(id_of(2), now_us);
  add(1);
  CHECK(happened() == "-m1 ");
  CHECK(after_ms(10'000).empty());
  CHECK(queue().deferred_ack_count() == 0);
  add(2);
  CHECK(happened() == "A<m2 ");
}

TEST_CASE_FIXTURE(Wide, "QUE-41: what a subscription holds in other queues takes room here") {
  subscribe(2);
  queue().set_elsewhere(id('A'), 1);
  add_all(1, 3);
  CHECK(happened() == "A<m1 ");
  queue().set_elsewhere(id('A'), 0);
  CHECK(happened() == "A<m2 ");
}

TEST_CASE_FIXTURE(Leased, "QUE-43: acks of unknown and settled messages change nothing") {
  subscribe();
  add(1);
  CHECK(happened() == "A<m1 ");
  CHECK(ack('A', 99) == AckOutcome::kUnknown);
  CHECK(ack('A', 1) == AckOutcome::kDone);
  CHECK(ack('A', 1) == AckOutcome::kUnknown);
  CHECK(ack('A', 1, AckKind::kCancel) == AckOutcome::kUnknown);
  CHECK(happened() == "-m1 ");
  CHECK(queue().depth() == 0);
}

TEST_CASE_FIXTURE(Leased, "an ack in the moment its lease ends does not send the message out again") {
  subscribe();
  add(1);
  CHECK(happened() == "A<m1 ");
  now_us += 2 * kSecondUs;
  ack('A', 1);
  CHECK(happened() == "-m1 ");
}

TEST_CASE_FIXTURE(Wide, "a filter looks at each of many waiting messages once") {
  filters[1] = [](int number) { return number > 50'000; };
  add_all(1, 50'003);
  subscribe(1, 1);
  CHECK(happened() == "A<m50001 ");
  CHECK(looks == 50'001);
  ack('A', 50'001);
  happened();
  ack('A', 50'002, AckKind::kCancel);
  happened();
  subscribe(1, 1);  // Shares what the first learned.
  CHECK(happened() == "B<m50003 ");
  CHECK(looks == 50'004);
}

TEST_CASE_FIXTURE(Wide, "memory for places to look at again stays bounded while an interest has no room") {
  filters[1] = [](int) { return true; };
  subscribe(1, 1);
  add(1);
  CHECK(happened() == "A<m1 ");
  subscribe(1);
  for (int number = 2; number < 20'000; ++number) {
    add(number);
    happened();
    ack('B', number, AckKind::kCancel);
    happened();
    ack('B', number);
    happened();
  }
  ack('A', 1);
  CHECK(happened() == "-m1 ");
}
