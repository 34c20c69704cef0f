// SPDX-License-Identifier: Apache-2.0
// The message types of one instance: those every broker has, and those its configuration defines or
// gives other settings.
// Threads: any, once made. Owns: the formats of the configured types.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "broker/configuration.h"
#include "broker/format/message_format.h"

namespace amps::broker {

class MessageTypes {
 public:
  // Requires: the configuration was checked, so that the parts of composites are known.
  explicit MessageTypes(const std::vector<MessageTypeConfiguration>& configured = {});

  // Of a type without fields, or of none at all: null.
  const MessageFormat* find(std::string_view name) const noexcept;
  // All types that are served, each once.
  const std::vector<std::string>& names() const noexcept { return names_; }

 private:
  struct Configured {
    std::string name;
    std::unique_ptr<const MessageFormat> own;
    const MessageFormat* format;  // None: bodies of this type are not looked into.
  };
  std::unique_ptr<const MessageFormat> make(const MessageTypeConfiguration& type) const;

  std::vector<Configured> configured_;
  std::vector<std::string> names_;
};

// Message types every broker serves (broker 1.3).
bool is_message_type(std::string_view name) noexcept;

}  // namespace amps::broker
