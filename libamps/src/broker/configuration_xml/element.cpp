// SPDX-License-Identifier: Apache-2.0
#include "broker/configuration_xml/element.h"

#include <pugixml.hpp>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "base/file_io.h"
#include "broker/format/utf8.h"

namespace amps::broker {

namespace {

constexpr std::size_t kBytesMax = 5u << 20;  // Of a configuration with everything it includes.
constexpr std::size_t kFilesMax = 1000;
constexpr std::size_t kDepthMax = 32;  // Elements inside each other, files included by each other.

std::string_view trimmed(std::string_view text) noexcept {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

std::string place(const SourceText& source, std::size_t offset) {
  const std::string& origin = source.origin;
  if (origin.size() > 2 && origin.compare(origin.size() - 2, 2, "()") == 0) return origin + ": ";
  const std::string_view before =
      std::string_view(source.text).substr(0, std::min(offset, source.text.size()));
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const std::size_t last = before.rfind('\n');
  const std::size_t column = last == std::string_view::npos ? before.size() + 1 : before.size() - last;
  return origin + ":" + std::to_string(line) + ":" + std::to_string(column) + ": ";
}

Status failure(const SourceText& source, std::ptrdiff_t offset, const std::string& text) {
  const auto at = static_cast<std::size_t>(std::max<std::ptrdiff_t>(offset, 0));
  return Status(AMPS_E_USAGE, place(source, at) + text);
}

// The path without links and dots; the path itself when there is no such file.
std::string real_path(const std::string& path) {
  char* const resolved = ::realpath(path.c_str(), nullptr);
  if (resolved == nullptr) return path;
  std::string result(resolved);
  std::free(resolved);
  return result;
}

}  // namespace

class TreeReader {
 public:
  TreeReader(const Variables& variables, ElementTree* tree) : variables_(variables), tree_(tree) {}

  // Appends the elements of a text to `*out`.
  Status read_text(std::string_view xml, const std::string& origin, std::vector<Element>* out);

 private:
  Status read_children(const pugi::xml_node& node, const SourceText& source, Element* out);
  Status read_child(const pugi::xml_node& node, const SourceText& source, std::vector<Element>* out);
  Status include(const pugi::xml_node& node, const SourceText& source, std::vector<Element>* out);

  const Variables& variables_;
  ElementTree* const tree_;
  std::vector<std::string> open_files_;  // Those that include each other, outermost first.
  std::size_t depth_ = 0;
  std::size_t bytes_ = 0;
};

Status TreeReader::read_text(std::string_view xml, const std::string& origin, std::vector<Element>* out) {
  bytes_ += xml.size();
  if (bytes_ > kBytesMax || tree_->sources_.size() >= kFilesMax) {
    return Status(AMPS_E_USAGE, origin + ": the configuration and what it includes exceed the limit of " +
                                    std::to_string(kBytesMax) + " bytes in " + std::to_string(kFilesMax) +
                                    " files");
  }
  tree_->sources_.push_back(std::make_unique<SourceText>(SourceText{origin, std::string(xml)}));
  const SourceText& source = *tree_->sources_.back();
  if (const std::size_t nul = xml.find('\0'); nul != std::string_view::npos) {
    return failure(source, static_cast<std::ptrdiff_t>(nul), "NUL byte");
  }
  if (const std::size_t bad = find_bad_utf8(xml); bad != std::string_view::npos) {
    return failure(source, static_cast<std::ptrdiff_t>(bad), "a byte that is not UTF-8");
  }
  pugi::xml_document document;
  const unsigned options = pugi::parse_default | pugi::parse_doctype | pugi::parse_fragment;
  const pugi::xml_parse_result result =
      document.load_buffer(source.text.data(), source.text.size(), options, pugi::encoding_utf8);
  if (!result) return failure(source, result.offset, result.description());
  open_files_.push_back(real_path(origin));
  Element top;
  AMPS_RETURN_IF_ERROR(read_children(document, source, &top));
  open_files_.pop_back();
  if (!top.value.empty()) return failure(source, 0, "text outside of elements");
  std::move(top.children.begin(), top.children.end(), std::back_inserter(*out));
  return {};
}

// The content of an element: text, or elements.
Status TreeReader::read_children(const pugi::xml_node& node, const SourceText& source, Element* out) {
  std::string text;
  std::ptrdiff_t text_at = -1;
  for (const pugi::xml_node& child : node.children()) {
    if (child.type() == pugi::node_element) {
      AMPS_RETURN_IF_ERROR(read_child(child, source, &out->children));
    } else if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) {
      if (text_at < 0) text_at = child.offset_debug();
      text += child.value();
    } else if (child.type() == pugi::node_doctype) {
      // Entities and external files have no place in a configuration.
      return failure(source, child.offset_debug(), "<!DOCTYPE is not allowed");
    }
  }
  const Status expanded = expand_variables(trimmed(text), variables_, &out->value);
  if (!expanded.ok()) return failure(source, node.offset_debug(), expanded.text());
  if (!out->value.empty() && !out->children.empty()) {
    return failure(source, text_at, "text beside elements");
  }
  return {};
}

Status TreeReader::read_child(const pugi::xml_node& node, const SourceText& source,
                              std::vector<Element>* out) {
  const std::string name = node.name();
  if (++depth_ > kDepthMax) return failure(source, node.offset_debug(), "elements are nested too deeply");
  if (name == "Include") {
    AMPS_RETURN_IF_ERROR(include(node, source, out));
  } else {
    if (node.first_attribute()) return failure(source, node.offset_debug(), name + " takes no attributes");
    Element element;
    element.name = name;
    element.source = &source;
    element.offset = static_cast<std::size_t>(std::max<std::ptrdiff_t>(node.offset_debug(), 0));
    AMPS_RETURN_IF_ERROR(read_children(node, source, &element));
    out->push_back(std::move(element));
  }
  --depth_;
  return {};
}

// The elements of the file take the place of this one. `comment` of the original is about how the result
// is shown, and means nothing here.
Status TreeReader::include(const pugi::xml_node& node, const SourceText& source, std::vector<Element>* out) {
  const auto failed = [&](const std::string& text) { return failure(source, node.offset_debug(), text); };
  for (const pugi::xml_attribute& attribute : node.attributes()) {
    if (std::string_view(attribute.name()) != "comment") {
      return failed(std::string("Include has no attribute ") + attribute.name());
    }
  }
  Element name;
  AMPS_RETURN_IF_ERROR(read_children(node, source, &name));
  if (!name.children.empty()) return failed("Include is the name of a file");
  if (name.value.empty()) return failed("Include is empty");
  const std::string path = real_path(name.value);
  if (std::find(open_files_.begin(), open_files_.end(), path) != open_files_.end()) {
    std::string circle;
    for (const std::string& open : open_files_) circle += open + " -> ";
    return failed("Include goes round in a circle: " + circle + path);
  }
  std::string text;
  if (const Status status = read_file(system_file_io(), path, kBytesMax, &text); !status.ok()) {
    return failed("Include: " + status.text());
  }
  return read_text(text, name.value, out);
}

Status ElementTree::load(std::string_view xml, const std::string& origin, const Variables& variables) {
  std::vector<Element> top;
  AMPS_RETURN_IF_ERROR(TreeReader(variables, this).read_text(xml, origin, &top));
  const SourceText& source = *sources_.front();
  if (top.empty()) return failure(source, 0, "there is no element");
  if (top.size() > 1) return error_at(top[1], "second root element");
  root_ = std::move(top.front());
  return {};
}

const Element* Element::find(std::string_view child) const noexcept {
  for (const Element& element : children) {
    if (element.name == child) return &element;
  }
  return nullptr;
}

Element& Element::add(std::string_view child, std::string child_value) {
  Element element;
  element.name = child;
  element.value = std::move(child_value);
  children.push_back(std::move(element));
  return children.back();
}

Status error_at(const Element& element, const std::string& text) {
  return Status(AMPS_E_USAGE, place_of(element) + text);
}

std::string place_of(const Element& element) {
  return element.source == nullptr ? std::string() : place(*element.source, element.offset);
}

// Writing.

namespace {

class StringWriter final : public pugi::xml_writer {
 public:
  void write(const void* data, std::size_t size) override {
    text.append(static_cast<const char*>(data), size);
  }
  std::string text;
};

void append(const Element& element, pugi::xml_node parent) {
  pugi::xml_node node = parent.append_child(element.name.c_str());
  if (!element.value.empty()) node.text().set(escape_variables(element.value).c_str());
  for (const Element& child : element.children) append(child, node);
}

}  // namespace

std::string write_elements(const Element& root) {
  pugi::xml_document document;
  append(root, document);
  StringWriter writer;
  document.save(writer, "  ", pugi::format_indent | pugi::format_no_declaration);
  return writer.text;
}

}  // namespace amps::broker
