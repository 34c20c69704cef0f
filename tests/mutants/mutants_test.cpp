// SPDX-License-Identifier: Apache-2.0
// Every harness finds the bugs it is for, within what a test run gives it. The bugs are in seed_faults.py;
// those of the crash explorer are made by its disk, and those of the queue's reference by the reference.
#include <doctest/doctest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <string>

#include "cutover.h"
#include "damaged_log.h"
#include "failing_disk.h"
#include "killed_broker.h"
#include "killed_publisher.h"
#include "killed_subscriber.h"
#include "moved_files.h"
#include "name_attacks.h"
#include "queue_check.h"
#include "rewritten_publish.h"
#include "seeded_fault.h"

using amps::test::SeededFault;

namespace {

constexpr std::uint64_t kSeed = 1;

// What the harness says about a broker with that fault; empty: it finds nothing.
std::string with(std::string_view fault, const std::function<std::string()>& harness) {
  const SeededFault seeded(fault);
  const std::string complaint = harness();
  MESSAGE(std::string(fault), ": ", complaint);
  return complaint;
}

// The same for faults that may end the process.
bool is_found_in_child(std::string_view fault, const std::function<std::string()>& harness) {
  const ::pid_t child = ::fork();
  if (child == 0) {
    const SeededFault seeded(fault);
    ::_exit(harness().empty() ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return status != 0;
}

std::string first_difference() {
  std::string difference;
  for (std::uint64_t seed = 1; seed <= 200 && difference.empty(); ++seed) {
    difference = queue_tests::run_history(seed, 200, queue_tests::Fault::kNone);
  }
  return difference.substr(0, difference.find('\n'));
}

std::string fail_operations() {
  return amps::test::fail_each_operation().complaint;
}
std::string damage_logs() {
  return amps::test::start_on_damaged_logs(5'000, kSeed).complaint;
}
// These end with the first complaint; most come within twenty cycles.
std::string kill_some() {
  return amps::test::kill_broker(1'000, kSeed);
}
std::string kill_some_publishers() {
  return amps::test::kill_publisher(1'000, kSeed);
}
std::string kill_some_subscribers() {
  return amps::test::kill_subscriber(1'000, kSeed);
}
std::string cut_over_some() {
  return amps::test::cut_over(1'000, kSeed);
}

}  // namespace

TEST_CASE("without a fault the harnesses find nothing in these copies") {
  CHECK(amps::test::cut_over(20, kSeed) == "");
  CHECK(amps::test::kill_broker(3, kSeed) == "");
  CHECK(amps::test::kill_publisher(3, kSeed) == "");
  CHECK(amps::test::kill_subscriber(3, kSeed) == "");
  CHECK(amps::test::fill_disk() == "");
  CHECK(amps::test::attack_publisher() == "");
  CHECK(amps::test::write_around_rights() == "");
  CHECK(amps::test::cut_power_while_files_move() == "");
  CHECK(amps::test::start_on_damaged_logs(500, kSeed).complaint == "");
  CHECK(queue_tests::check_shares() == "");
  CHECK(first_difference() == "");
}

TEST_CASE("REL-01: kill -9 finds acks that go out before the write") {
  CHECK(with("acks go out before the write", kill_some) != "");
}

TEST_CASE("REL-01: kill -9 finds that a restart forgets the numbers of publishers") {
  CHECK(with("a restart forgets numbers", kill_some) != "");
}

TEST_CASE("REL-02: power cuts find a name that is not synced before the old one goes") {
  CHECK(with("a name is not synced", amps::test::cut_power_while_files_move) != "");
}

TEST_CASE("REL-02: power cuts find two writes in the wrong order") {
  CHECK(with("a file goes before its publishers are saved", amps::test::cut_power_while_files_move) != "");
}

TEST_CASE("REL-03: kill -9 of a publisher finds that its store forgets what was only sent") {
  CHECK(with("what was sent is forgotten", kill_some_publishers) != "");
}

TEST_CASE("REL-03: kill -9 of a publisher finds that its store is numbered anew") {
  CHECK(with("a store is numbered anew", kill_some_publishers) != "");
}

TEST_CASE("REL-04: kill -9 of a subscriber finds a discard that moves the resume point past a gap") {
  CHECK(with("a discard moves the resume point past a gap", kill_some_subscribers) != "");
}

TEST_CASE("REL-04: kill -9 of a subscriber finds that a discard out of order is forgotten") {
  CHECK(with("a discard out of order is forgotten", kill_some_subscribers) != "");
}

TEST_CASE("REL-09: damaged files find lengths that are believed") {
  CHECK(is_found_in_child("lengths of texts are believed", damage_logs));
}

TEST_CASE("REL-10: cutovers find a message that is lost between files and memory") {
  CHECK(with("the cutover loses a message", cut_over_some) != "");
}

TEST_CASE("REL-10: cutovers find a message that comes twice between files and memory") {
  CHECK(with("the cutover repeats a message", cut_over_some) != "");
}

TEST_CASE("REL-16: attacks by name find ids that can be forged") {
  CHECK(with("publisher ids are FNV-1a", amps::test::attack_publisher) != "");
}

TEST_CASE("REL-16: a lost store finds numbers that a restart forgets") {
  CHECK(with("a restart forgets numbers", amps::test::attack_publisher) != "");
}

TEST_CASE("REL-17: rewritten messages find rights that are looked at before") {
  CHECK(with("rights are looked at before the merge", amps::test::write_around_rights) != "");
}

TEST_CASE("REL-19: a full disk finds that it is ignored") {
  CHECK(with("a full disk is ignored", amps::test::fill_disk) != "");
}

TEST_CASE("REL-19: failing operations find a sync that is tried again") {
  CHECK(with("a failed sync is tried again", fail_operations) != "");
}

TEST_CASE("REL-19: failing operations find that nothing is synced") {
  CHECK(with("nothing is synced", fail_operations) != "");
}

TEST_CASE("REL-21: random histories find a lease that goes on after the ack") {
  CHECK(with("a lease goes on after the ack", first_difference) != "");
}

TEST_CASE("REL-21: random histories find that anybody settles strict leases") {
  CHECK(with("anybody settles strict leases", first_difference) != "");
}

TEST_CASE("REL-34: shares find a rotation that begins anew") {
  CHECK(with("the rotation begins anew", queue_tests::check_shares) != "");
}

TEST_CASE("REL-34: work finds a free consumer that waits") {
  CHECK(with("a free consumer waits", queue_tests::check_work_goes_on) != "");
}
