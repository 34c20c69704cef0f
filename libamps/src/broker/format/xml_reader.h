// SPDX-License-Identifier: Apache-2.0
// Cuts xml into elements, attributes and text. Comments, processing instructions and a document type are
// stepped over; there are no entities but the five of xml itself and numbers, so a message cannot grow.
// Threads: one at a time. Views are of the text, or of the arena when something had to be unescaped.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/buffer.h"
#include "broker/format/text_arena.h"

namespace amps::broker {

class XmlReader {
 public:
  enum class Event : std::uint8_t {
    kStart,      // Of an element: name().
    kAttribute,  // Of the element that has just begun: name(), text().
    kText,       // text(); character data sections too.
    kEnd,        // Of the innermost element.
    kDone,
    kMalformed,  // problem() at offset(). For ever after.
  };

  XmlReader(std::string_view text, TextArena* texts) noexcept
      : begin_(text.data()), at_(begin_), end_(begin_ + text.size()), texts_(*texts) {}

  Event next();
  std::string_view name() const noexcept { return name_; }
  std::string_view text() const noexcept { return text_; }
  const char* problem() const noexcept { return problem_; }
  std::size_t offset() const noexcept { return static_cast<std::size_t>(at_ - begin_); }

 private:
  Event fail(const char* problem) noexcept;
  Event read_tag();
  Event read_end();
  Event read_attribute();
  Event read_text(std::string_view raw);
  bool skip_markup(bool* skipped);
  bool skip_past(std::string_view mark) noexcept;
  bool begins_with(std::string_view mark) const noexcept;
  std::string_view take_name() noexcept;

  const char* const begin_;
  const char* at_;
  const char* const end_;
  TextArena& texts_;
  std::vector<std::string_view> open_;  // Names of the elements around.
  std::string_view name_;
  std::string_view text_;
  const char* problem_ = nullptr;
  bool in_tag_ = false;
};

// Something that may stand as the name of an element or attribute.
bool is_xml_name(std::string_view name) noexcept;
void append_xml_text(std::string_view text, Buffer* out);  // Escaped for elements and attributes alike.

}  // namespace amps::broker
