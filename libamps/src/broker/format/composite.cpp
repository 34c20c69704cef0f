// SPDX-License-Identifier: Apache-2.0
#include "broker/format/composite.h"

#include <utility>

namespace amps::broker {

namespace {

constexpr std::size_t kLengthBytes = 4;
constexpr std::string_view kRest = "rest";

FormatTraits traits_of(CompositeFields fields) noexcept {
  FormatTraits traits;
  // Merged fields do not say which part they came from, so nothing can be built of them.
  traits.constructed = traits.deltas = traits.select_lists = fields == CompositeFields::kByPart;
  return traits;
}

}  // namespace

CompositeFormat::CompositeFormat(std::string name, CompositeFields fields,
                                 std::vector<const MessageFormat*> parts)
    : MessageFormat(std::move(name), traits_of(fields)), fields_(fields), parts_(std::move(parts)) {
  for (std::size_t i = 0; i < parts_.size(); ++i) numbers_.push_back(std::to_string(i));
}

// Parts that are not there are empty.
Status CompositeFormat::take_part(std::string_view* rest, std::string_view* part) const {
  *part = {};
  if (rest->empty()) return {};
  std::size_t size = 0;
  for (std::size_t i = 0; i < kLengthBytes && rest->size() >= kLengthBytes; ++i) {
    size = size << 8 | static_cast<unsigned char>((*rest)[i]);
  }
  if (rest->size() < kLengthBytes || rest->size() - kLengthBytes < size) {
    return Status(AMPS_E_PUBLISH, name() + ": a part is longer than what is left of the message");
  }
  *part = rest->substr(kLengthBytes, size);
  rest->remove_prefix(kLengthBytes + size);
  return {};
}

Status CompositeFormat::extract(const FieldPlan& plan, FieldPlan::Node node, std::string_view body,
                                FieldValues* out) const {
  std::string_view part;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    AMPS_RETURN_IF_ERROR(take_part(&body, &part));
    if (parts_[i] == nullptr || part.empty()) continue;
    const FieldPlan::Node inner =
        fields_ == CompositeFields::kMerged ? node : plan.find_child(node, numbers_[i]);
    if (inner != FieldPlan::kNone) AMPS_RETURN_IF_ERROR(parts_[i]->extract(plan, inner, part, out));
  }
  return {};
}

Status CompositeFormat::parse(std::string_view body, Document* document, DocumentNode* node) const {
  document->reset(*node, NodeKind::kObject);
  std::string_view part;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    AMPS_RETURN_IF_ERROR(take_part(&body, &part));
    if (parts_[i] == nullptr) {
      document->append(*node, numbers_[i], Value::string(part));
      continue;
    }
    DocumentNode& child = document->append(*node, numbers_[i], NodeKind::kScalar);
    if (!part.empty()) AMPS_RETURN_IF_ERROR(parts_[i]->parse(part, document, &child));
  }
  if (!body.empty()) document->append(*node, kRest, Value::string(body));
  return {};
}

Status CompositeFormat::write(const DocumentNode& node, Buffer* out) const {
  const auto find = [&](std::string_view name) {
    const DocumentNode* child = node.first;
    while (child != nullptr && child->name != name) child = child->next;
    return child;
  };
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    const std::size_t begin = out->size();
    out->append(std::string_view("\0\0\0\0", kLengthBytes));
    const DocumentNode* const part = find(numbers_[i]);
    if (part != nullptr && (part->kind != NodeKind::kScalar || !part->is_empty())) {
      if (parts_[i] != nullptr) {
        AMPS_RETURN_IF_ERROR(parts_[i]->write(*part, out));
      } else {
        append_string_form(part->value, out);
      }
    }
    std::size_t size = out->size() - begin - kLengthBytes;
    for (std::size_t at = kLengthBytes; at-- != 0; size >>= 8)
      out->data()[begin + at] = static_cast<char>(size);
  }
  if (const DocumentNode* const rest = find(kRest)) append_string_form(rest->value, out);
  return {};
}

}  // namespace amps::broker
