// SPDX-License-Identifier: Apache-2.0
#include "broker/filter_index.h"

#include <cassert>
#include <utility>

namespace amps::broker {

namespace {

constexpr std::uint32_t kNoSubscript = UINT32_MAX;
constexpr std::size_t kUnusedFieldsMax = 64;  // Kept in the plan without thinking about it.

std::uint32_t subscript_of(const Program& program, const Condition& condition) noexcept {
  return program.fields()[condition.field].path.subscript().value_or(kNoSubscript);
}

}  // namespace

FilterIndex::Id FilterIndex::add(const Filter& filter, bool in_focus, FilterCost* cost) {
  if (free_.empty()) {
    free_.push_back(static_cast<Id>(members_.size()));
    members_.emplace_back();
  }
  const Id id = free_.back();
  free_.pop_back();
  Member& member = members_[id];
  member.in_focus = in_focus;
  member.cost = cost;
  member.entry = entry_of(filter);
  Entry& entry = entries_[member.entry];
  entry.filters.add(id, &member.place);
  if (in_focus) ++entry.in_focus_count;
  ++count_;
  return id;
}

// The entry that has the filter's text, possibly a new one.
FilterIndex::EntryId FilterIndex::entry_of(const Filter& filter) {
  const auto known = by_text_.find({filter.program()->text(), filter.instance()});
  if (known != by_text_.end()) return known->second;
  if (free_entries_.empty()) {
    free_entries_.push_back(static_cast<EntryId>(entries_.size()));
    entries_.emplace_back();
  }
  const EntryId id = free_entries_.back();
  free_entries_.pop_back();
  Entry& entry = entries_[id];
  const Status status = BoundProgram::bind(filter.program(), &plan_, &entry.program);
  assert(status.ok());  // Filters have one source.
  static_cast<void>(status);
  entry.instance = filter.instance();
  by_text_.emplace(std::pair(std::string_view(entry.program.program().text()), entry.instance), id);
  field_uses_ += entry.program.program().fields().size();
  place(id);
  return id;
}

void FilterIndex::remove(Id id) {
  const Member member = members_[id];
  Entry& entry = entries_[member.entry];
  entry.filters.remove(member.place);
  if (member.in_focus) --entry.in_focus_count;
  free_.push_back(id);
  --count_;
  if (!entry.filters.empty()) return;
  displace(&entry);
  field_uses_ -= entry.program.program().fields().size();
  by_text_.erase({entry.program.program().text(), entry.instance});
  entry = Entry();
  free_entries_.push_back(member.entry);
  if (plan_.slot_count() > kUnusedFieldsMax + 2 * field_uses_) compact();
}

// Fields nobody asks for any more are forgotten; as many were added since the last time, and have paid.
void FilterIndex::compact() {
  for (Entry& entry : entries_) {
    if (entry.program) displace(&entry);
  }
  plan_.clear();
  for (EntryId id = 0; id < entries_.size(); ++id) {
    Entry& entry = entries_[id];
    if (!entry.program) continue;
    const Status status = BoundProgram::bind(entry.program.shared(), &plan_, &entry.program);
    assert(status.ok());
    static_cast<void>(status);
    place(id);
  }
}

void FilterIndex::use_field(Entry* entry, const Condition& condition) {
  const std::pair key(entry->program.slot(condition.field),
                      subscript_of(entry->program.program(), condition));
  entry->field = fields_.try_emplace(key).first;
  ++entry->field->second.users;
}

void FilterIndex::leave_field(Entry* entry) {
  if (--entry->field->second.users == 0) fields_.erase(entry->field);
}

// The condition that fewest others share serves best. A range is taken to be shared by a half of those on
// its field, or by a quarter when it has two ends.
void FilterIndex::consider(const Entry& entry, const Condition& condition, Choice* best) {
  const std::pair key(entry.program.slot(condition.field), subscript_of(entry.program.program(), condition));
  const auto at = fields_.find(key);
  std::size_t cost = 0;
  if (condition.kind == Condition::Kind::kEqual) {
    if (at != fields_.end()) cost = at->second.equalities.popularity(condition.constants);
  } else {
    if (condition.low.is_null() && condition.high.is_null()) return;
    const bool two_ends = !condition.low.is_null() && !condition.high.is_null();
    if (at != fields_.end()) cost = at->second.ranges.size() / (two_ends ? 4 : 2) + 1;
  }
  if (best->condition == nullptr || cost < best->cost) *best = {&condition, cost};
}

// Two conditions about one field, `/a > 1 AND /a < 5`, are one range.
bool FilterIndex::place_in_range(EntryId id, const Condition& condition) {
  Entry& entry = entries_[id];
  Value low = condition.low;
  Value high = condition.high;
  for (const Condition& other : entry.program.program().conditions()) {
    if (other.kind != Condition::Kind::kRange || other.field != condition.field) continue;
    if (low.is_null()) low = other.low;
    if (high.is_null()) high = other.high;
  }
  use_field(&entry, condition);
  entry.access = Access::kRange;
  if (entry.field->second.ranges.add(id, low, high, &entry.range)) return true;
  leave_field(&entry);
  return false;
}

void FilterIndex::place_in_equalities(EntryId id, const Condition& condition) {
  Entry& entry = entries_[id];
  use_field(&entry, condition);
  entry.access = Access::kEquality;
  entry.field->second.equalities.add(id, condition.constants, &entry.equalities);
}

void FilterIndex::place(EntryId id) {
  Entry& entry = entries_[id];
  Choice best;
  for (const Condition& condition : entry.program.program().conditions()) consider(entry, condition, &best);
  if (best.condition != nullptr) {
    if (best.condition->kind == Condition::Kind::kEqual) return place_in_equalities(id, *best.condition);
    if (place_in_range(id, *best.condition)) return;
  }
  entry.access = Access::kTried;
  tried_.add(id, &entry.place);
}

void FilterIndex::displace(Entry* entry) {
  if (entry->access == Access::kTried) return tried_.remove(entry->place);
  if (entry->access == Access::kEquality) {
    entry->field->second.equalities.remove(&entry->equalities);
  } else {
    entry->field->second.ranges.remove(entry->range);
  }
  leave_field(entry);
}

bool FilterIndex::somebody_has_to_know(const Entry& entry, bool only_in_focus) const {
  if (only_in_focus && entry.in_focus_count == 0) return false;
  return entry.filters.any_of([&](Id id) { return members_[id].has_to_know(only_in_focus); });
}

void FilterIndex::match(EvaluationContext context, bool only_in_focus, EvaluationScratch* scratch,
                        std::vector<Id>* out, std::vector<Id>* given_up) {
  const PatternScratch& patterns = scratch->patterns();
  ++asked_;
  const auto visit = [&](EntryId entry_id) {
    Entry& entry = entries_[entry_id];
    if (std::exchange(entry.asked, asked_) == asked_ || !somebody_has_to_know(entry, only_in_focus)) return;
    context.instance = entry.instance;
    const std::uint64_t failures = patterns.failures();
    const bool accepts = entry.program.accepts(context, scratch);
    const bool gave_up = patterns.failures() != failures;
    if (!accepts && !gave_up) return;
    entry.filters.for_each([&](Id id) {
      const Member& member = members_[id];
      if (!member.has_to_know(only_in_focus)) return;
      if (accepts) out->push_back(id);
      if (!gave_up) return;
      if (member.cost != nullptr) ++member.cost->given_up;  // Everybody asked for it.
      if (given_up != nullptr) given_up->push_back(id);
    });
  };
  const FieldValues& values = *context.sources[0];
  for (auto& [key, field] : fields_) {
    ValueSpan span = values.at(key.first);
    if (key.second != kNoSubscript) {
      span = key.second < span.count ? ValueSpan{span.first + key.second, 1} : ValueSpan{};
    }
    if (span.empty()) continue;
    if (!field.equalities.empty()) {
      for (const Value& value : span) {
        const bool read = value.is_string() && field.equalities.has_numbers();
        const Value number = read ? parse_number(value.text()) : value;
        field.equalities.find(value, number, asked_, visit);
      }
    }
    if (!field.ranges.empty()) field.ranges.find(span, visit);
  }
  tried_.for_each(visit);
}

}  // namespace amps::broker
