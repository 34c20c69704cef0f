// SPDX-License-Identifier: Apache-2.0
#include "broker/expression/equality_index.h"

#include <algorithm>

namespace amps::broker {

namespace {

// What a constant equals besides itself: a string also the number it reads as.
Value number_of(const Value& constant) noexcept {
  return constant.is_string() ? parse_number(constant.text()) : constant;
}

}  // namespace

const EqualityIndex::Bucket* EqualityIndex::find_text(std::string_view text) const noexcept {
  const auto found = texts_.find(text);
  return found == texts_.end() ? nullptr : found->second.get();
}

const EqualityIndex::Bucket* EqualityIndex::find_number(const Value& number) const noexcept {
  NumberKey key;
  if (numbers_.empty() || !number_key(number, &key)) return nullptr;
  const auto found = numbers_.find(key);
  return found == numbers_.end() ? nullptr : found->second.get();
}

void EqualityIndex::link(Bucket* bucket, Id id, std::vector<Link>* links) {
  links->push_back({bucket, 0});
  bucket->ids.add(id, &links->back().place);
}

void EqualityIndex::add(Id id, const std::vector<Value>& constants, std::vector<Link>* links) {
  links->reserve(2 * constants.size());  // Places are pointed at, so they may not move.
  for (const Value& constant : constants) {
    if (constant.is_string()) {
      auto found = texts_.find(constant.text());
      if (found == texts_.end()) {
        auto bucket = std::make_unique<Bucket>();
        bucket->text = constant.text();
        const std::string_view key = bucket->text;
        found = texts_.emplace(key, std::move(bucket)).first;
      }
      link(found->second.get(), id, links);
    }
    NumberKey key;
    if (!number_key(number_of(constant), &key)) continue;
    std::unique_ptr<Bucket>& bucket = numbers_[key];
    if (bucket == nullptr) {
      bucket = std::make_unique<Bucket>();
      bucket->number = key;
    }
    link(bucket.get(), id, links);
  }
}

void EqualityIndex::remove(std::vector<Link>* links) {
  for (const Link& link : *links) {
    link.bucket->ids.remove(link.place);
    if (!link.bucket->ids.empty()) continue;
    if (link.bucket->text.empty()) {
      numbers_.erase(NumberKey(link.bucket->number));
    } else {
      // The key views the bucket, which goes with it.
      texts_.erase(texts_.find(link.bucket->text));
    }
  }
  links->clear();
}

std::size_t EqualityIndex::popularity(const std::vector<Value>& constants) const noexcept {
  std::size_t most = 0;
  for (const Value& constant : constants) {
    const Bucket* const by_text = constant.is_string() ? find_text(constant.text()) : nullptr;
    const Bucket* const by_number = find_number(number_of(constant));
    if (by_text != nullptr) most = std::max(most, by_text->ids.size());
    if (by_number != nullptr) most = std::max(most, by_number->ids.size());
  }
  return most;
}

}  // namespace amps::broker
