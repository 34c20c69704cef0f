// SPDX-License-Identifier: Apache-2.0
#include "broker/filter_index.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

using namespace amps::broker;

namespace {

std::unique_ptr<Filter> compile(const std::string& text, std::string_view message_type = "json") {
  std::unique_ptr<Filter> filter;
  const amps::Status status = Filter::compile(text, find_message_format(message_type), {}, &filter);
  REQUIRE_MESSAGE(status.ok(), text, ": ", status.text());
  return filter;
}

struct Fixture {
  FilterIndex index;
  FieldValues values;
  EvaluationScratch scratch;
  std::vector<FilterIndex::Id> given_up;

  std::vector<FilterIndex::Id> match(const std::string& body, bool only_in_focus = false,
                                     std::string_view message_type = "json") {
    REQUIRE(find_message_format(message_type)->extract(index.plan(), body, &values).ok());
    const FieldValues* const sources[] = {&values};
    MessageFacts message;
    message.topic = "t";
    message.size_bytes = body.size();
    EvaluationContext context;
    context.sources = sources;
    context.message = &message;
    std::vector<FilterIndex::Id> ids;
    given_up.clear();
    index.match(context, only_in_focus, &scratch, &ids, &given_up);
    std::sort(ids.begin(), ids.end());
    return ids;
  }
};

using Ids = std::vector<FilterIndex::Id>;

// Random filters and messages over few names and values, so that they meet.
class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {}

  int pick(int end) { return static_cast<int>(random_() % static_cast<unsigned>(end)); }
  std::string one_of(std::initializer_list<const char*> texts) {
    return texts.begin()[pick(static_cast<int>(texts.size()))];
  }

  std::string constant() {
    return one_of({"0",
                   "1",
                   "2",
                   "2.0",
                   "1.5",
                   "-1",
                   "9223372036854775807",
                   "18446744073709551615",
                   "1e400",
                   "'1'",
                   "'2.0'",
                   "' 2 '",
                   "'a'",
                   "'b'",
                   "'ab'",
                   "''",
                   "NULL",
                   "TRUE",
                   "0/0",
                   "1 + 1"});
  }
  std::string field() { return one_of({"/a", "/b", "/c/d", "/a[0]", "/a[1]", "/b[1]"}); }
  std::string condition() {
    switch (pick(8)) {
      case 0:
        return field() + " IN (" + constant() + ", " + constant() + ", " + constant() + ")";
      case 1:
        return field() + " BETWEEN " + constant() + " AND " + constant();
      case 2:
        return constant() + one_of({" = ", " < ", " >= "}) + field();
      case 3:
        return one_of({"/a LIKE 'a'", "/b IS NULL", "NOT /a = 1", "/a NOT IN (1, 2)", "/a != 1", "/a = /b",
                       "/a BEGINS WITH 'a'", "MESSAGE_SIZE() > 20", "(/a = 1 OR /b = 1)"});
      default:
        return field() + one_of({" = ", " = ", " < ", " <= ", " > ", " >= "}) + constant();
    }
  }
  std::string filter() {
    std::string text = condition();
    for (int more = pick(3); more > 0; --more) text += (pick(6) == 0 ? " OR " : " AND ") + condition();
    return text;
  }
  std::string scalar() {
    return one_of({"0", "1", "2", "2.0", "1.5", "-1", "9223372036854775807", "18446744073709551615", "\"1\"",
                   "\"2.0\"", "\" 2 \"", "\"a\"", "\"b\"", "\"ab\"", "\"\"", "null", "true", "false"});
  }
  std::string value() {
    if (pick(4) != 0) return scalar();
    std::string text = "[" + scalar();
    for (int more = pick(3); more > 0; --more) text += "," + scalar();
    return text + "]";
  }
  std::string message() {
    std::string text = "{\"z\":0";
    if (pick(5) != 0) text += ",\"a\":" + value();
    if (pick(5) != 0) text += ",\"b\":" + value();
    if (pick(5) != 0) text += ",\"c\":{\"d\":" + value() + "}";
    return text + "}";
  }

 private:
  std::mt19937 random_;
};

}  // namespace

TEST_CASE("SUB-13: the index finds what trying every filter finds, while filters come and go") {
  Generator make(11);
  Fixture at;
  std::vector<std::unique_ptr<Filter>> by_id;
  std::vector<std::string> texts;
  for (int step = 0; step < 6000; ++step) {
    if (make.pick(3) != 0 || at.index.empty()) {
      const std::string text = make.filter();
      std::unique_ptr<Filter> filter = compile(text);
      const FilterIndex::Id id = at.index.add(*filter);
      if (by_id.size() <= id) by_id.resize(id + 1), texts.resize(id + 1);
      REQUIRE(by_id[id] == nullptr);
      by_id[id] = std::move(filter);
      texts[id] = text;
    } else if (const std::size_t id = static_cast<std::size_t>(make.pick(static_cast<int>(by_id.size())));
               by_id[id] != nullptr) {
      at.index.remove(static_cast<FilterIndex::Id>(id));
      by_id[id].reset();
    }
    if (step % 10 != 0) continue;
    const std::string body = make.message();
    Ids expected;
    for (std::size_t id = 0; id < by_id.size(); ++id) {
      if (by_id[id] != nullptr && by_id[id]->matches("t", body))
        expected.push_back(static_cast<FilterIndex::Id>(id));
    }
    const Ids found = at.match(body);
    std::string difference;
    for (std::size_t id = 0; id < by_id.size(); ++id) {
      const bool in = std::count(expected.begin(), expected.end(), id) != 0;
      if (in != (std::count(found.begin(), found.end(), id) != 0)) difference += texts[id] + "; ";
    }
    REQUIRE_MESSAGE(found == expected, body, " ", difference);
  }
}

TEST_CASE("formats that infer types are found the same way") {
  Fixture at;
  const auto number = compile("/q = 5", "nvfix"), text = compile("/q = '5'", "nvfix");
  at.index.add(*number);
  at.index.add(*text);
  CHECK(at.match("q=5\x01", false, "nvfix") == Ids{0, 1});
  CHECK(at.match("q=5.0\x01", false, "nvfix") == Ids{0, 1});
  CHECK(at.match("q=05x\x01", false, "nvfix").empty());
}

TEST_CASE("SUB-13: a filter is found by the condition that fewest others have") {
  Fixture at;
  std::vector<std::unique_ptr<Filter>> filters;
  for (int i = 0; i < 1000; ++i) {
    filters.push_back(compile("/type = 'order' AND /id = " + std::to_string(i)));
    at.index.add(*filters.back());
  }
  CHECK(at.index.tried_count() == 0);
  CHECK(at.match(R"({"type":"order","id":77})") == Ids{77});
  CHECK(at.match(R"({"type":"quote","id":77})").empty());
}

TEST_CASE("what no index finds is tried") {
  Fixture at;
  const auto pattern = compile("/a LIKE '^x'"), negation = compile("NOT /a = 1"), field = compile("/a = /b");
  at.index.add(*pattern);
  at.index.add(*negation);
  at.index.add(*field);
  CHECK(at.index.tried_count() == 3);
  CHECK(at.match(R"({"a":"xy","b":"xy"})") == Ids{0, 1, 2});
  CHECK(at.match("") == Ids{1});
}

TEST_CASE("PRF-02: filters with one text are one to evaluate, whoever comes and goes") {
  Fixture at;
  FilterCost cost;
  std::vector<FilterIndex::Id> ids;
  for (int i = 0; i < 1000; ++i) {
    const auto filter = compile("/a LIKE '^(a+)+$'");  // Each with a compilation of its own.
    ids.push_back(at.index.add(*filter, i == 500, i == 3 ? &cost : nullptr));
  }
  const auto other = compile("/a LIKE '^b'");
  const FilterIndex::Id last = at.index.add(*other);
  CHECK(at.index.size() == 1001);
  CHECK(at.index.entry_count() == 2);
  CHECK(at.index.tried_count() == 2);
  CHECK(at.match(R"({"a":"aaa"})") == ids);
  CHECK(at.match(R"({"a":"aaa"})", true) == Ids{ids[500]});
  CHECK(at.match(R"({"a":"b"})") == Ids{last});
  const std::uint64_t before = at.scratch.patterns().failures();
  CHECK(at.match(R"({"a":")" + std::string(200, 'a') + "!\"}").empty());
  CHECK(at.scratch.patterns().failures() == before + 1);
  CHECK(at.given_up.size() == 1000);
  CHECK(cost.given_up == 1);
  for (int i = 0; i < 999; ++i) at.index.remove(ids[static_cast<std::size_t>(i)]);
  CHECK(at.match(R"({"a":"aaa"})") == Ids{ids[999]});
  at.index.remove(ids[999]);
  CHECK(at.index.entry_count() == 1);
  CHECK(at.match(R"({"a":"aaa"})").empty());
  CHECK(at.match(R"({"a":"b"})") == Ids{last});
}

TEST_CASE("only those in focus are asked about the previous message") {
  Fixture at;
  const auto filter = compile("/a = 1");
  at.index.add(*filter, false);
  at.index.add(*filter, true);
  CHECK(at.match(R"({"a":1})") == Ids{0, 1});
  CHECK(at.match(R"({"a":1})", true) == Ids{1});
}

TEST_CASE("fields nobody asks for any more are forgotten") {
  Fixture at;
  const auto kept = compile("/kept = 1 AND /other > 2");
  const FilterIndex::Id id = at.index.add(*kept);
  for (int i = 0; i < 5000; ++i) {
    const auto filter = compile("/f" + std::to_string(i) + " = 1");
    at.index.remove(at.index.add(*filter));
  }
  CHECK(at.index.plan().slot_count() < 100);
  CHECK(at.match(R"({"kept":1,"other":3})") == Ids{id});
}

TEST_CASE("filters that cost too much are not evaluated any more, those of others are") {
  Fixture at;
  FilterCost cost;
  const auto hostile = compile("/a LIKE '^(a+)+$'");
  const auto own = compile("/b = 1");
  const FilterIndex::Id first = at.index.add(*hostile, false, &cost);
  const FilterIndex::Id second = at.index.add(*own, false, &cost);
  const FilterIndex::Id other = at.index.add(*own);
  const std::string body = R"({"b":1,"a":")" + std::string(200, 'a') + "!\"}";
  CHECK(at.match(body) == Ids{second, other});
  CHECK(at.given_up == Ids{first});
  while (cost.given_up < FilterCost::kGivenUpMax) at.match(body);
  CHECK(cost.is_too_much());
  CHECK(at.match(body) == Ids{other});
  CHECK(at.given_up.empty());
}
