// SPDX-License-Identifier: Apache-2.0
// Which fields of a message are delivered: `[-/,+/id,+/pos/x]` (broker 3.10). The directive nearest to a
// field decides, of equal ones the first; a field that none names is kept.
// Threads: any; a list never changes after parse(). Documents belong to the caller.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/buffer.h"
#include "base/status.h"
#include "broker/format/document.h"
#include "broker/format/field_path.h"
#include "broker/format/message_format.h"

namespace amps::broker {

class SelectList {
 public:
  SelectList() : steps_(1) {}
  // Fails with AMPS_E_FILTER when a directive is malformed, with AMPS_E_INVALID_OPTIONS when messages of the
  // format cannot be taken apart. The format outlives the list.
  static Status parse(std::string_view text, const MessageFormat* format, SelectList* out);

  // Removes what is not selected, and what is empty thereafter; the root stays.
  void apply(Document* document) const;
  // Sets `out` to what is selected of a body. One that cannot be read has nothing that was selected. True:
  // there is a field besides those of `keys`.
  bool select(std::string_view body, const std::vector<FieldPath>& keys, Document* scratch,
              Buffer* out) const;
  void select(std::string_view body, Document* scratch, Buffer* out) const {
    static_cast<void>(select(body, {}, scratch, out));
  }

 private:
  using Index = std::uint32_t;
  struct Step {
    std::optional<bool> keeps;
    std::map<std::string, Index, std::less<>> children;
  };
  Status add(std::string_view directive);
  bool prune(Document* document, DocumentNode* node, Index step, bool keeps) const;
  bool prune_children(Document* document, DocumentNode* node, Index step, bool keeps) const;

  const MessageFormat* format_ = nullptr;
  std::vector<Step> steps_;  // The first is the message itself.
};

}  // namespace amps::broker
