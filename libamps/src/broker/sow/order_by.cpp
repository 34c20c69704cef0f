// SPDX-License-Identifier: Apache-2.0
#include "broker/sow/order_by.h"

#include <cctype>
#include <cstddef>

#include "broker/format/bracket_list.h"
#include "broker/view/sort_key.h"

namespace amps::broker {

namespace {

bool is_word(std::string_view text, std::string_view upper) noexcept {
  if (text.size() != upper.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (std::toupper(static_cast<unsigned char>(text[i])) != upper[i]) return false;
  }
  return true;
}

Status invalid(std::string_view item, const std::string& why) {
  return Status(AMPS_E_INVALID_ORDERBY, "order by " + std::string(item) + ": " + why);
}

}  // namespace

Status OrderBy::parse(std::string_view text, const MessageFormat* format, OrderBy* out) {
  *out = OrderBy();
  out->format_ = format;
  if (format == nullptr || !format->traits().parsed)
    return invalid(text, "messages of this type have no fields");
  Status status;
  for_each_item(text, [&](std::string_view item) {
    status = out->add(item);
    return status.ok();
  });
  return status;
}

Status OrderBy::add(std::string_view item) {
  std::string_view path_text = item;
  bool descending = false;
  if (const std::size_t space = item.rfind(' '); space != std::string_view::npos) {
    const std::string_view word = item.substr(space + 1);
    descending = is_word(word, "DESC");
    if (descending || is_word(word, "ASC")) path_text = without_spaces(item.substr(0, space));
  }
  FieldPath path;
  if (const Status status = FieldPath::parse(path_text, &path); !status.ok()) {
    return invalid(item, status.text());
  }
  if (path.steps().empty()) return invalid(item, "a path is needed");
  fields_.push_back({plan_.add(path), descending});
  return {};
}

void OrderBy::rank(std::string_view body, std::string_view key, std::string* order) {
  order->clear();
  values_.begin(plan_);
  const bool is_read = !fields_.empty() && format_->extract(plan_, body, &values_).ok();
  for (const Field& field : fields_) {
    append_sort_key(is_read ? values_.at(field.slot).scalar() : Value(), field.descending, order);
  }
  append_sort_tie(key, order);
}

}  // namespace amps::broker
