// SPDX-License-Identifier: Apache-2.0
#include "broker/format/message_format.h"

#include "broker/format/json.h"
#include "broker/format/msgpack.h"
#include "broker/format/tag_value.h"
#include "broker/format/xml.h"

namespace amps::broker {

const MessageFormat* find_message_format(std::string_view name) noexcept {
  // They outlive the threads of a broker that runs until the process ends.
  static const MessageFormat* const formats[] = {new JsonFormat, new TagValueFormat("nvfix", {}),
                                                 new TagValueFormat("fix", {}), new XmlFormat,
                                                 new MsgpackFormat};
  for (const MessageFormat* format : formats) {
    if (format->name() == name) return format;
  }
  return nullptr;
}

}  // namespace amps::broker
