// SPDX-License-Identifier: Apache-2.0
#include "broker/replay/bounds.h"

#include <doctest/doctest.h>

#include <string>

#include "../journal/journal_fixture.h"
#include "wire/timestamp.h"

using namespace amps;
using namespace amps::broker;
using amps::test::JournalFixture;

namespace {

// Ten messages, one a second, the first at the second 0 of the fixture's clock.
struct Log : JournalFixture {
  Log() {
    open();
    first_us = clock.utc_us();
    for (int i = 0; i < 10; ++i) {
      publish();
      clock.advance_ms(1'000);
    }
    wait_durable();
  }

  std::string bookmark(std::size_t index) const {
    const BookmarkId& id = appended[index].bookmark;
    return std::to_string(id.publisher) + "|" + std::to_string(id.sequence) + "|";
  }
  std::string time(std::uint64_t seconds, const char* tail = "Z") const {
    char text[wire::kTimestampBytes];
    wire::format_timestamp(text, first_us + seconds * 1'000'000);
    return std::string(text, wire::kTimestampBytes - 1) + tail;
  }
  Status resolve(const std::string& text, ReplayBounds* out, NotFound not_found = NotFound::kNow) {
    return ReplayBounds::resolve(text, not_found, journal->appended_end(), journal.get(), out);
  }
  // The txids that a replay has: "first-last", empty for none, and what is to come of it.
  std::string span(const std::string& text, NotFound not_found = NotFound::kNow) {
    ReplayBounds bounds;
    const Status status = resolve(text, &bounds, not_found);
    if (!status.ok()) return status.reason().empty() ? "invalid" : status.reason();
    const auto records = read_all(bounds.from, bounds.to.value_or(journal->appended_end().position));
    std::string text_of;
    if (!records.empty()) {
      text_of = std::to_string(records.front().txid) + "-" + std::to_string(records.back().txid);
    }
    if (bounds.from_us != 0) text_of += " from later";
    if (bounds.to_us != UINT64_MAX) text_of += " to later";
    if (bounds.is_endless()) text_of += "...";
    return text_of;
  }

  std::uint64_t first_us = 0;
};

}  // namespace

TEST_CASE("TXL-03 TXL-04 TXL-05: EPOCH, NOW and after a bookmark") {
  Log log;
  CHECK(log.span("0") == "1-10...");
  CHECK(log.span("0|1|") == "...");
  CHECK(log.span("0|1") == "...");
  CHECK(log.span(log.bookmark(2)) == "4-10...");
  CHECK(log.span(log.bookmark(9)) == "...");
}

TEST_CASE("TXL-06: the earliest known bookmark of a list wins") {
  Log log;
  CHECK(log.span(log.bookmark(5) + "," + log.bookmark(2) + ", " + log.bookmark(8)) == "4-10...");
  CHECK(log.span("99|1|," + log.bookmark(5)) == "7-10...");
  CHECK(log.span("0|1|," + log.bookmark(5)) == "7-10...");
  CHECK(log.span(log.bookmark(5) + ",0") == "1-10...");
  CHECK(log.span("1795418560177541|1|4|," + log.bookmark(5)) == "7-10...");
}

TEST_CASE("TXL-09: bookmark_not_found decides when no bookmark is known") {
  Log log;
  CHECK(log.span("99|1|,98|7|") == "...");
  CHECK(log.span("99|1|", NotFound::kEpoch) == "1-10...");
  CHECK(log.span("99|1|", NotFound::kFail) == "bookmark not found");
  CHECK(log.span("99|1|," + log.bookmark(5), NotFound::kFail) == "7-10...");
  CHECK(log.span("0|1|", NotFound::kFail) == "...");
}

TEST_CASE("TXL-07: a time starts with what is later, and always resolves") {
  Log log;
  CHECK(log.span(log.time(2)) == "4-10...");
  CHECK(log.span(log.time(2, "")) == "4-10...");
  CHECK(log.span("19700101T000000") == "1-10...");
  CHECK(log.span("29991231T000000Z", NotFound::kFail) == "...");
  CHECK(log.span(log.time(7) + "," + log.bookmark(2)) == "4-10...");
}

TEST_CASE("TXL-08: ranges include or exclude their ends") {
  Log log;
  const std::string third = log.bookmark(2), fifth = log.bookmark(4);
  CHECK(log.span("[" + third + ":" + fifth + "]") == "3-5");
  CHECK(log.span("(" + third + ":" + fifth + "]") == "4-5");
  CHECK(log.span("[" + third + ":" + fifth + ")") == "3-4");
  CHECK(log.span(" ( " + third + " : " + fifth + " ) ") == "4-4");
  CHECK(log.span("[" + log.time(2) + ":" + log.time(4) + "]") == "3-5");
  CHECK(log.span("(" + log.time(2) + ":" + log.time(4) + ")") == "4-4");
  CHECK(log.span("[0:" + third + "]") == "1-3");
  CHECK(log.span("[0:0|1|]") == "1-10");
  CHECK(log.span("[" + fifth + "," + third + ":" + third + "," + fifth + "]") == "3-5");
  CHECK(log.span("[" + fifth + ":" + third + "]") == "");
}

TEST_CASE("TXL-08: [NOW starts with the last message of the log") {
  Log log;
  CHECK(log.span("[0|1|:29991231T000000]") == "10-10 to later");
  CHECK(log.span("(0|1|:29991231T000000]") == " to later");
}

TEST_CASE("TXL-08: a range may begin and end in the future") {
  Log log;
  CHECK(log.span("[29991230T000000:29991231T000000)") == " from later to later");
  CHECK(log.span("[" + log.bookmark(9) + ",29991230T000000:29991231T000000)") == "10-10 to later");
  CHECK(log.span("[0:" + log.bookmark(2) + ",29991231T000000]") == "1-10 to later");
}

TEST_CASE("TXL-08: what does not parse is refused, and so is an end that is not in the log") {
  Log log;
  for (const char* text : {"yesterday", "[0:]", "[:0]", "[0", "0]", "[0:0:0]", "[0]", "", ",", "0,,0"}) {
    CAPTURE(text);
    ReplayBounds bounds;
    CHECK(log.resolve(text, &bounds).code() == AMPS_E_INVALID_BOOKMARK);
  }
  CHECK(log.span("[0:99|1|]") == "bookmark not found");
}

TEST_CASE("an empty log has the same beginning and end") {
  JournalFixture journal;
  journal.open();
  for (const char* text : {"0", "0|1|", "99|1|", "20200101T000000", "[0|1|:29991231T000000]"}) {
    CAPTURE(text);
    ReplayBounds bounds;
    REQUIRE(ReplayBounds::resolve(text, NotFound::kNow, journal.journal->appended_end(),
                                  journal.journal.get(), &bounds)
                .ok());
    CHECK(bounds.from == journal.journal->begin());
  }
}
