// SPDX-License-Identifier: Apache-2.0
// A filter and a json message with a NUL between them: what is wrong has a place in the text, what is right
// can be explained, and the index finds it exactly when it accepts the message.
#include <memory>
#include <string>
#include <vector>

#include "broker/filter.h"
#include "broker/filter_explanation.h"
#include "broker/filter_index.h"
#include "broker/format/message_format.h"
#include "oracle.h"

using namespace amps::broker;

namespace {

bool is_found(const Filter& filter, std::string_view body, bool* is_readable) {
  FilterIndex index;
  const FilterIndex::Id id = index.add(filter);
  FieldValues values;
  *is_readable = find_message_format("json")->extract(index.plan(), body, &values).ok();
  if (!*is_readable) return false;
  const FieldValues* const sources[] = {&values};
  MessageFacts message;
  message.topic = "t";
  message.size_bytes = body.size();
  EvaluationContext context;
  context.sources = sources;
  context.message = &message;
  EvaluationScratch scratch;
  std::vector<FilterIndex::Id> found;
  index.match(context, false, &scratch, &found);
  ORACLE(found.size() <= 1);
  index.remove(id);
  ORACLE(index.empty());
  return !found.empty();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = view_of_input(data, size);
  const std::string_view text = input.substr(0, input.find('\0'));
  const std::string_view body =
      text.size() == input.size() ? std::string_view() : input.substr(text.size() + 1);
  ExpressionError error;
  std::string explanation;
  const bool is_right = explain_filter(text, &explanation, &error).ok();
  std::unique_ptr<Filter> filter;
  ORACLE(Filter::compile(text, find_message_format("json"), {}, &filter).ok() == is_right);
  if (!is_right) {
    ORACLE(error.offset <= text.size() && !error.text.empty());
    return 0;
  }
  ORACLE(!explanation.empty());
  if (!filter->program()->is_deterministic()) return 0;
  bool is_readable = false;
  const bool found = is_found(*filter, body, &is_readable);
  ORACLE(found == (filter->matches("t", body) && is_readable));
  return 0;
}
