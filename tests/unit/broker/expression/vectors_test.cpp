// SPDX-License-Identifier: Apache-2.0
// The worked expressions of tests/vectors/expressions.json.
#include <doctest/doctest.h>

#include <cmath>
#include <fstream>
#include <iterator>
#include <string>

#include "unit/broker/expression/evaluator.h"
#include "unit/vectors_folder.h"

using namespace amps::broker;

namespace {

std::string read_file(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

class Vectors {
 public:
  Vectors() : text_(read_file(AMPS_VECTORS "/expressions.json")) {
    REQUIRE(find_message_format("json")->parse(text_, &document_).ok());
  }
  // Checks every row and returns how many there are.
  int check_all() {
    int count = 0;
    const DocumentNode& groups = *document_.find(document_.root(), "groups");
    for (const DocumentNode* group = groups.first; group != nullptr; group = group->next) {
      CAPTURE(group->name);
      for (const DocumentNode* row = group->first; row != nullptr; row = row->next, ++count) check(*row);
    }
    return count;
  }

 private:
  std::string_view member(const DocumentNode& object, std::string_view name) {
    const DocumentNode* found = document_.find(object, name);
    return found == nullptr ? std::string_view{} : found->value.text();
  }

  void check(const DocumentNode& row) {
    const DocumentNode* const message = row.first->next;
    const std::string_view expression = message->next->value.text();
    const DocumentNode& expected = *message->next->next;
    CAPTURE(row.first->value.text());
    CAPTURE(expression);
    const DocumentNode& messages = *document_.find(document_.root(), "messages");
    const DocumentNode& sample = *document_.find(messages, message->value.text());
    Evaluator evaluator(member(sample, "type"));
    evaluator.message(member(sample, "body"));
    if (member(expected, "$") == "error") {
      CHECK(!evaluator.error(expression).empty());
    } else {
      check_result(evaluator.evaluate(expression), expected);
    }
  }

  void check_result(const Value& result, const DocumentNode& expected) {
    const std::string_view special = member(expected, "$");
    if (special == "nan") {
      CHECK(result.is_nan());
    } else if (special == "approx") {
      const double wanted = to_double(document_.find(expected, "v")->value);
      const double relative = to_double(document_.find(expected, "rel")->value);
      CHECK(std::fabs(to_double(result) - wanted) <= relative * std::fabs(wanted));
    } else {
      CHECK(result.kind() == expected.value.kind());
      CHECK((result.is_null() || equal(result, expected.value)));
    }
  }

  const std::string text_;
  Document document_;
};

}  // namespace

TEST_CASE("EXP-42: the worked examples all pass") {
  CHECK(Vectors().check_all() == 202);
}
