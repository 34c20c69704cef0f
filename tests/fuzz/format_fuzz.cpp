// SPDX-License-Identifier: Apache-2.0
// The first byte chooses a message type, the rest is a message: what can be parsed and written is the same
// after it was written and parsed again, and its fields can be read.
#include <string>

#include "broker/format/composite.h"
#include "broker/format/document.h"
#include "broker/format/message_format.h"
#include "oracle.h"

using namespace amps::broker;

namespace {

const MessageFormat& format_of(std::uint8_t choice) {
  static const MessageFormat* const json = find_message_format("json");
  static const MessageFormat* const msgpack = find_message_format("msgpack");
  static const CompositeFormat by_part("by part", CompositeFields::kByPart, {json, nullptr, msgpack});
  static const CompositeFormat merged("merged", CompositeFields::kMerged, {json, msgpack});
  static const MessageFormat* const formats[] = {json,
                                                 find_message_format("nvfix"),
                                                 find_message_format("fix"),
                                                 find_message_format("xml"),
                                                 msgpack,
                                                 &by_part,
                                                 &merged};
  return *formats[choice % std::size(formats)];
}

FieldPlan make_plan() {
  FieldPlan plan;
  FieldPath path;
  for (const char* const text : {"/a", "/b/c", "/0/a", "/1", "/2/a", "/m/@x", "/35"}) {
    if (FieldPath::parse(text, &path).ok()) plan.add(path);
  }
  return plan;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const MessageFormat& format = format_of(data[0]);
  const std::string_view body = view_of_input(data + 1, size - 1);
  static const FieldPlan plan = make_plan();
  FieldValues values;
  const bool is_readable = format.extract(plan, body, &values).ok();
  Document document;
  if (!format.parse(body, &document).ok()) return 0;
  ORACLE(is_readable);  // Reading some fields asks for less than reading all.
  amps::Buffer once;
  if (!format.write(document, &once).ok()) return 0;
  Document again;
  ORACLE(format.parse(once.view(), &again).ok());
  amps::Buffer twice;
  ORACLE(format.write(again, &twice).ok());
  ORACLE(once.view() == twice.view());
  return 0;
}
