// SPDX-License-Identifier: Apache-2.0
#include "broker/format/message_format.h"

#include "broker/format/json.h"
#include "broker/format/msgpack.h"
#include "broker/format/tag_value.h"
#include "broker/format/xml.h"

namespace amps::broker {

const MessageFormat* find_message_format(std::string_view name) noexcept {
  static const JsonFormat json;
  static const TagValueFormat nvfix("nvfix", {});
  static const TagValueFormat fix("fix", {});
  static const XmlFormat xml;
  static const MsgpackFormat msgpack;
  static const MessageFormat* const formats[] = {&json, &nvfix, &fix, &xml, &msgpack};
  for (const MessageFormat* format : formats) {
    if (format->name() == name) return format;
  }
  return nullptr;
}

}  // namespace amps::broker
