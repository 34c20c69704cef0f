// SPDX-License-Identifier: Apache-2.0
#include "broker/format/tag_value.h"

#include <algorithm>

namespace amps::broker {

FormatTraits TagValueFormat::flat_traits() noexcept {
  FormatTraits traits;
  traits.typed = false;
  return traits;
}

std::size_t TagValueFormat::find_separator(std::string_view text) const noexcept {
  const auto is_separator = [&](char byte) {
    const auto code = static_cast<unsigned char>(byte);
    return code == separators_.field ||
           (code != 0 && (code == separators_.header || code == separators_.message));
  };
  if (separators_.header == 0 && separators_.message == 0)
    return text.find(static_cast<char>(separators_.field));
  const auto found = std::find_if(text.begin(), text.end(), is_separator);
  return found == text.end() ? std::string_view::npos : static_cast<std::size_t>(found - text.begin());
}

bool TagValueFormat::next(std::string_view* rest, Field* out, Status* status) const {
  while (!rest->empty()) {
    const std::size_t size = std::min(find_separator(*rest), rest->size());
    const std::string_view text = rest->substr(0, size);
    rest->remove_prefix(std::min(size + 1, rest->size()));
    if (text.empty()) continue;
    const std::size_t equals = text.find('=');
    if (equals == 0 || equals == std::string_view::npos) {
      *status = Status(AMPS_E_PUBLISH,
                       name() + ": expected `name=value`, found `" + std::string(text.substr(0, 40)) + '`');
      return false;
    }
    *out = {text.substr(0, equals), text.substr(equals + 1)};
    return true;
  }
  return false;
}

Status TagValueFormat::extract(const FieldPlan& plan, FieldPlan::Node node, std::string_view body,
                               FieldValues* out) const {
  Status status;
  Field field;
  while (next(&body, &field, &status)) {
    const FieldPlan::Node child = plan.find_child(node, field.name);
    if (child == FieldPlan::kNone) continue;
    const FieldPlan::Slot slot = plan.slot_of(child);
    if (slot != FieldPlan::kNone) out->append(slot, infer_value(field.value));
  }
  return status;
}

Status TagValueFormat::parse(std::string_view body, Document* document, DocumentNode* node) const {
  document->reset(*node, NodeKind::kObject);
  Status status;
  Field field;
  while (next(&body, &field, &status)) {
    const Value value = infer_value(field.value);
    DocumentNode* const found = document->find(*node, field.name);
    if (found == nullptr) {
      document->append(*node, field.name, value);
    } else {
      if (found->kind == NodeKind::kScalar) {
        const Value first = found->value;
        document->reset(*found, NodeKind::kArray);
        document->append(*found, {}, first);
      }
      document->append(*found, {}, value);
    }
  }
  return status;
}

Status TagValueFormat::write_field(std::string_view field, const Value& value, Buffer* out) const {
  char room[kNumberTextBytesMax];
  // there is no word for what is not a number.
  const std::string_view text = value.is_nan() ? "0" : string_form(value, room);
  if (find_separator(field) != std::string_view::npos || field.find('=') != std::string_view::npos ||
      field.empty() || find_separator(text) != std::string_view::npos) {
    return Status(AMPS_E_PUBLISH,
                  name() + ": field `" + std::string(field.substr(0, 40)) + "` holds a separator");
  }
  out->append(field);
  out->push_back('=');
  out->append(text);
  out->push_back(static_cast<char>(separators_.field));
  return {};
}

Status TagValueFormat::write(const DocumentNode& node, Buffer* out) const {
  for (const DocumentNode* child = node.first; child != nullptr; child = child->next) {
    if (child->kind == NodeKind::kScalar) {
      AMPS_RETURN_IF_ERROR(write_field(child->name, child->value, out));
      continue;
    }
    for (const DocumentNode* element = child->first; element != nullptr; element = element->next) {
      if (child->kind == NodeKind::kObject || element->kind != NodeKind::kScalar) {
        return Status(AMPS_E_PUBLISH,
                      name() + ": field `" + std::string(child->name.substr(0, 40)) + "` is nested");
      }
      AMPS_RETURN_IF_ERROR(write_field(child->name, element->value, out));
    }
  }
  return {};
}

}  // namespace amps::broker
