// SPDX-License-Identifier: Apache-2.0
#include "broker/sow/hash_index.h"

#include <algorithm>
#include <utility>

#include "base/random_hash.h"
#include "broker/expression/constant_set.h"

namespace amps::broker {

namespace {

constexpr std::size_t kCombinationsMax = 4'096;  // Of constants; beyond, looking at all records is as good.

// Appends bytes that are the same for values that may be equal: text that reads as a number is that number.
// False: it equals nothing.
bool append_key(const Value& value, std::string* key) {
  if (value.is_null()) return false;
  const Value number = value.is_string() ? parse_number(value.text()) : value;
  NumberKey found;
  if (!number.is_null() && number_key(number, &found)) {
    key->push_back(found.is_float ? 'f' : found.is_negative ? '-' : '+');
    key->append(reinterpret_cast<const char*>(&found.bits), sizeof found.bits);
    return true;
  }
  if (!value.is_string()) return false;
  const std::uint64_t size = value.text().size();
  key->push_back('s');
  key->append(reinterpret_cast<const char*>(&size), sizeof size);
  key->append(value.text());
  return true;
}

std::uint64_t hash_key(const std::string& key) noexcept {
  return RandomHash()(key) | 2;  // Neither 0 nor 1.
}

}  // namespace

Status HashIndex::make(const std::vector<std::string>& paths, const MessageFormat* format, HashIndex* out) {
  if (format == nullptr || !format->traits().parsed) {
    return Status(AMPS_E_USAGE, "messages of this type have no fields to index");
  }
  out->format_ = format;
  for (const std::string& text : paths) {
    FieldPath path;
    const Status status = FieldPath::parse(text, &path);
    if (!status.ok()) return Status(AMPS_E_USAGE, "index key " + text + ": " + status.text());
    if (path.subscript()) return Status(AMPS_E_USAGE, "index key " + text + ": elements are not indexed");
    out->fields_.push_back(out->plan_.add(path));
    out->paths_.push_back(std::move(path));
  }
  return out->paths_.empty() ? Status(AMPS_E_USAGE, "an index needs a key") : Status();
}

HashIndex::Hash HashIndex::hash_of(std::string_view body) {
  if (!format_->extract(plan_, body, &values_).ok()) return kNothing;  // No filter accepts it either.
  std::string key;
  bool is_plain = true;
  for (const FieldPlan::Slot field : fields_) {
    const ValueSpan values = values_.at(field);
    if (values.count > 1) {
      is_plain = false;
    } else if (!append_key(values.scalar(), &key)) {
      return kNothing;
    }
  }
  return is_plain ? hash_key(key) : kAnything;
}

HashIndex::Slot HashIndex::first_of(Hash hash) const {
  return firsts_.find(static_cast<std::uint32_t>(hash),
                      [&](Slot slot) { return places_[slot].hash == hash; });
}

void HashIndex::put(Slot slot, Hash hash) {
  if (slot >= places_.size()) places_.resize(slot + std::size_t{1});
  Place& place = places_[slot];
  if (hash == kNothing) return;
  const Slot first = first_of(hash);
  place.hash = hash;
  if (first == SlotIndex::kNone) return firsts_.insert(static_cast<std::uint32_t>(hash), slot);
  place.previous = first;
  place.next = std::exchange(places_[first].next, slot);
  if (place.next != SlotIndex::kNone) places_[place.next].previous = slot;
}

void HashIndex::insert(Slot slot, std::string_view body) {
  put(slot, hash_of(body));
}

void HashIndex::update(Slot slot, std::string_view body) {
  const Hash hash = hash_of(body);
  if (hash == places_[slot].hash) return;
  remove(slot);
  put(slot, hash);
}

void HashIndex::remove(Slot slot) {
  const Place place = places_[slot];
  if (place.hash == kNothing) return;
  const bool is_first = place.previous == SlotIndex::kNone;
  const auto hash = static_cast<std::uint32_t>(place.hash);
  if (is_first) firsts_.erase(hash, slot);
  places_[slot] = {};
  if (!is_first) places_[place.previous].next = place.next;
  if (place.next == SlotIndex::kNone) return;
  places_[place.next].previous = place.previous;
  if (is_first) firsts_.insert(hash, place.next);
}

void HashIndex::append(Hash hash, std::vector<Slot>* out) const {
  for (Slot slot = first_of(hash); slot != SlotIndex::kNone; slot = places_[slot].next) out->push_back(slot);
}

bool HashIndex::find(const Program& filter, std::vector<Slot>* out) const {
  std::vector<std::string> keys(1);
  for (const FieldPath& path : paths_) {
    const std::vector<Condition>& conditions = filter.conditions();
    const auto condition = std::find_if(conditions.begin(), conditions.end(), [&](const Condition& one) {
      return one.kind == Condition::Kind::kEqual && filter.fields()[one.field].path == path;
    });
    if (condition == conditions.end()) return false;
    if (keys.size() * condition->constants.size() > kCombinationsMax) return false;
    std::vector<std::string> longer;
    for (const std::string& key : keys) {
      for (const Value& constant : condition->constants) {
        std::string one = key;
        if (append_key(constant, &one)) longer.push_back(std::move(one));
      }
    }
    keys = std::move(longer);
  }
  for (const std::string& key : keys) append(hash_key(key), out);
  append(kAnything, out);
  std::sort(out->begin(), out->end());
  out->erase(std::unique(out->begin(), out->end()), out->end());
  return true;
}

std::size_t HashIndex::memory_bytes() const noexcept {
  return places_.capacity() * sizeof(Place) + firsts_.memory_bytes();
}

}  // namespace amps::broker
