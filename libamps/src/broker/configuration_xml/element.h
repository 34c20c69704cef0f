// SPDX-License-Identifier: Apache-2.0
// A configuration as a tree of elements: XML read with variables replaced and included files in place,
// and the way back. Every element knows where it came from, so that errors can say it.
// Threads: values.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "broker/configuration_xml/variables.h"

namespace amps::broker {

// A file, or text that was handed over.
struct SourceText {
  std::string origin;  // Its name in errors. One that ends in "()" is a call, which has no lines.
  std::string text;
};

struct Element {
  std::string name;
  std::string value;  // Its text, trimmed. Empty when there are children.
  std::vector<Element> children;
  const SourceText* source = nullptr;  // None: made to be written.
  std::size_t offset = 0;              // In the source.

  const Element* find(std::string_view child) const noexcept;  // The first one. None: there is none.
  Element& add(std::string_view child, std::string child_value = {});
};

// A failure with AMPS_E_USAGE whose text begins with file, line and column.
Status error_at(const Element& element, const std::string& text);
// "my.xml:3:7: " before the text of a warning.
std::string place_of(const Element& element);

class ElementTree {
 public:
  // Reads the text and the files it includes. Fails with AMPS_E_USAGE. Blocks: for included files.
  Status load(std::string_view xml, const std::string& origin, const Variables& variables);
  const Element& root() const noexcept { return root_; }

 private:
  friend class TreeReader;
  std::vector<std::unique_ptr<SourceText>> sources_;
  Element root_;
};

std::string write_elements(const Element& root);

}  // namespace amps::broker
