// SPDX-License-Identifier: Apache-2.0
#include "broker/format/xml.h"

#include <string>
#include <vector>

#include "broker/format/xml_reader.h"

namespace amps::broker {

namespace {

Status malformed(const XmlReader& reader) {
  return Status(AMPS_E_PUBLISH,
                "xml, at offset " + std::to_string(reader.offset()) + ": " + reader.problem());
}

// Text comes in pieces where comments and character data sections cut it.
class ElementText {
 public:
  void append(std::string_view piece, TextArena* texts) {
    if (text_.empty()) {
      text_ = piece;
      return;
    }
    char* const joined = texts->allocate(text_.size() + piece.size());
    if (joined == nullptr) return;
    piece.copy(joined + text_.copy(joined, text_.size()), piece.size());
    text_ = {joined, text_.size() + piece.size()};
  }
  std::string_view view() const noexcept { return text_; }

 private:
  std::string_view text_;
};

// `name` or `@name` for the look-up; the arena keeps what is made.
std::string_view attribute_name(std::string_view name, TextArena* texts) {
  char* const made = texts->allocate(name.size() + 1);
  if (made == nullptr) return {};
  made[0] = '@';
  name.copy(made + 1, name.size());
  return {made, name.size() + 1};
}

std::string_view text_value(const DocumentNode& node, char (&room)[kNumberTextBytesMax]) noexcept {
  return node.value.is_nan() ? "0" : string_form(node.value, room);  // A-17.
}

}  // namespace

FormatTraits XmlFormat::untyped() noexcept {
  FormatTraits traits;
  traits.typed = false;
  return traits;
}

Status XmlFormat::extract(const FieldPlan& plan, FieldPlan::Node node, std::string_view part,
                          FieldValues* out) const {
  struct Level {
    FieldPlan::Node node;  // kNone: nobody wants anything below.
    bool is_leaf = true;
    ElementText text;
  };
  XmlReader reader(part, &out->texts());
  std::vector<Level> open(1);
  open.front().node = node;
  const auto append = [&](FieldPlan::Node at, std::string_view text) {
    const FieldPlan::Slot slot = at == FieldPlan::kNone ? FieldPlan::kNone : plan.slot_of(at);
    if (slot != FieldPlan::kNone) out->append(slot, infer_value(text));
  };
  const auto child_of = [&](FieldPlan::Node at, std::string_view name) {
    return at == FieldPlan::kNone || plan.child_count(at) == 0 ? FieldPlan::kNone : plan.find_child(at, name);
  };
  for (;;) {
    Level& level = open.back();
    switch (reader.next()) {
      case XmlReader::Event::kStart:
        level.is_leaf = false;
        open.push_back({child_of(level.node, reader.name()), true, {}});
        break;
      case XmlReader::Event::kAttribute:
        if (level.node != FieldPlan::kNone && plan.child_count(level.node) != 0) {
          append(child_of(level.node, attribute_name(reader.name(), &out->texts())), reader.text());
        }
        break;
      case XmlReader::Event::kText:
        if (level.node != FieldPlan::kNone) level.text.append(reader.text(), &out->texts());
        break;
      case XmlReader::Event::kEnd:
        if (level.is_leaf) append(level.node, level.text.view());
        open.pop_back();
        break;
      case XmlReader::Event::kDone:
        return {};
      case XmlReader::Event::kMalformed:
        return malformed(reader);
    }
  }
}

// flat: one case for each event of the reader.
Status XmlFormat::parse(std::string_view part, Document* document, DocumentNode* node) const {
  struct Level {
    DocumentNode* node;
    bool has_elements = false;
    ElementText text;
  };
  XmlReader reader(part, &document->texts());
  document->reset(*node, NodeKind::kObject);
  std::vector<Level> open(1);
  open.front().node = node;
  for (;;) {
    Level& level = open.back();
    switch (reader.next()) {
      case XmlReader::Event::kStart: {
        level.has_elements = true;
        if (level.node->kind != NodeKind::kObject) document->reset(*level.node, NodeKind::kObject);
        DocumentNode* found = document->find(*level.node, reader.name());
        if (found == nullptr) {
          found = &document->append(*level.node, reader.name(), NodeKind::kScalar);
        } else {
          if (found->kind != NodeKind::kArray) {
            DocumentNode& array = document->append(*level.node, {}, NodeKind::kArray);
            document->append_copy(array, {}, *found);
            document->assign_copy(*found, array);
            document->remove(array);
          }
          found = &document->append(*found, {}, NodeKind::kScalar);
        }
        open.push_back({found, false, {}});
        break;
      }
      case XmlReader::Event::kAttribute: {
        if (level.node->kind != NodeKind::kObject) document->reset(*level.node, NodeKind::kObject);
        const std::string_view name = attribute_name(reader.name(), &document->texts());
        if (document->find(*level.node, name) == nullptr) {
          document->append(*level.node, name, infer_value(reader.text()));
        }
        break;
      }
      case XmlReader::Event::kText:
        level.text.append(reader.text(), &document->texts());
        break;
      case XmlReader::Event::kEnd:
        if (!level.has_elements && level.node->kind == NodeKind::kScalar) {
          document->assign(*level.node, infer_value(level.text.view()));
        } else if (!level.has_elements && !level.text.view().empty()) {
          document->append(*level.node, {}, infer_value(level.text.view()));
        }
        open.pop_back();
        break;
      case XmlReader::Event::kDone:
        return {};
      case XmlReader::Event::kMalformed:
        return malformed(reader);
    }
  }
}

Status XmlFormat::write(const DocumentNode& node, Buffer* out) const {
  if (node.kind != NodeKind::kObject) return Status(AMPS_E_PUBLISH, "xml: a message needs named elements");
  for (const DocumentNode* child = node.first; child != nullptr; child = child->next) {
    AMPS_RETURN_IF_ERROR(write_element(child->name, *child, out));
  }
  return {};
}

Status XmlFormat::write_element(std::string_view name, const DocumentNode& node, Buffer* out) const {
  char room[kNumberTextBytesMax];
  if (node.kind == NodeKind::kArray) {
    for (const DocumentNode* element = node.first; element != nullptr; element = element->next) {
      AMPS_RETURN_IF_ERROR(write_element(name, *element, out));
    }
    return {};
  }
  const auto check = [](std::string_view checked) {
    if (is_xml_name(checked)) return Status();
    return Status(AMPS_E_PUBLISH, "xml: `" + std::string(checked.substr(0, 40)) + "` cannot name an element");
  };
  AMPS_RETURN_IF_ERROR(check(name));
  out->push_back('<');
  out->append(name);
  bool has_content = node.kind == NodeKind::kScalar && !node.value.is_null();
  for (const DocumentNode* child = node.first; child != nullptr; child = child->next) {
    if (child->name.substr(0, 1) != "@") {
      has_content = true;
      continue;
    }
    AMPS_RETURN_IF_ERROR(check(child->name.substr(1)));
    out->push_back(' ');
    out->append(child->name.substr(1));
    out->append("=\"");
    append_xml_text(text_value(*child, room), out);
    out->push_back('"');
  }
  if (!has_content) {
    out->append("/>");
    return {};
  }
  out->push_back('>');
  if (node.kind == NodeKind::kScalar) append_xml_text(text_value(node, room), out);
  for (const DocumentNode* child = node.first; child != nullptr; child = child->next) {
    if (child->name.empty()) {
      append_xml_text(text_value(*child, room), out);
    } else if (child->name.front() != '@') {
      AMPS_RETURN_IF_ERROR(write_element(child->name, *child, out));
    }
  }
  out->append("</");
  out->append(name);
  out->push_back('>');
  return {};
}

}  // namespace amps::broker
