// SPDX-License-Identifier: Apache-2.0
#include "broker/view/join.h"

#include <algorithm>
#include <utility>

#include "base/decimal.h"

namespace amps::broker {

namespace {

std::size_t find_source(const std::vector<JoinSource>& sources, const JoinField& field) {
  const auto found = std::find_if(sources.begin(), sources.end(), [&](const JoinSource& one) {
    return one.topic == field.topic && one.message_type == field.message_type;
  });
  return static_cast<std::size_t>(found - sources.begin());
}

std::size_t add_source(std::vector<JoinSource>* sources, const JoinField& field) {
  sources->push_back({field.message_type, field.topic, {}, {}});
  return sources->size() - 1;
}

std::size_t add_field(JoinSource* source, const std::string& path) {
  const auto found = std::find(source->fields.begin(), source->fields.end(), path);
  if (found != source->fields.end()) return static_cast<std::size_t>(found - source->fields.begin());
  source->fields.push_back(path);
  return source->fields.size() - 1;
}

}  // namespace

Status plan_join(const ViewConfiguration& view, std::vector<JoinSource>* out) {
  out->clear();
  for (const ViewConfiguration::Join& join : view.joins) {
    if (out->empty()) add_source(out, join.left);
    const JoinField* left = &join.left;
    const JoinField* right = &join.right;
    std::size_t left_source = find_source(*out, *left);
    std::size_t right_source = find_source(*out, *right);
    if (left_source == out->size() && right_source == out->size()) {
      return Status(AMPS_E_USAGE, "view " + view.name + ": neither " + left->topic + " nor " + right->topic +
                                      " is joined to what comes before");
    }
    if (right_source == out->size()) right_source = add_source(out, *right);
    if (left_source == out->size()) left_source = add_source(out, *left);
    // The one that came later is joined to the other.
    if (left_source > right_source) std::swap(left_source, right_source), std::swap(left, right);
    if (left_source == right_source) {
      return Status(AMPS_E_USAGE, "view " + view.name + ": " + left->topic + " is joined to itself");
    }
    const std::size_t left_field = add_field(&(*out)[left_source], left->path);
    JoinSource& joined = (*out)[right_source];
    joined.conditions.push_back({left_source, left_field, add_field(&joined, right->path)});
  }
  return {};
}

Join::Join(std::vector<JoinSource> sources, bool null_joins_null)
    : sources_(std::move(sources)), null_joins_null_(null_joins_null), tables_(sources_.size()) {}

// False: a NULL that joins nothing.
bool Join::append_key(std::string* key, const std::optional<std::string>& value) const {
  if (!value && !null_joins_null_) return false;
  const std::string_view text = value ? std::string_view(*value) : std::string_view{};
  key->append(DecimalText(text.size()).view());  // So that no two lists of values are written alike.
  key->push_back(':');
  key->append(text);
  return true;
}

bool Join::own_key(std::size_t source, const Row& row, std::string* key) const {
  for (const JoinCondition& condition : sources_[source].conditions) {
    if (!append_key(key, row.values[condition.right_field])) return false;
  }
  return true;
}

bool Join::upstream_key(std::size_t source, const Row& row, bool of_left, std::string* key) const {
  bool joins = true;
  for_each_upstream(source, [&](const JoinCondition& condition) {
    const std::size_t field = of_left ? condition.left_field : condition.right_field;
    joins = joins && append_key(key, row.values[field]);
  });
  return joins;
}

// Nothing joins a record that is not there.
const Join::RowSet* Join::find_matching(std::size_t source, const std::vector<const Row*>& bound) const {
  std::string key;
  for (const JoinCondition& condition : sources_[source].conditions) {
    const Row* const left = bound[condition.left_source];
    if (left == nullptr || !append_key(&key, left->values[condition.left_field])) return nullptr;
  }
  const auto found = tables_[source].by_conditions.find(key);
  return found == tables_[source].by_conditions.end() ? nullptr : &found->second;
}

void Join::enter(std::size_t source, const Row& row) {
  std::string key;
  if (source != 0 && own_key(source, row, &key)) tables_[source].by_conditions[key].emplace(row.serial, &row);
  for (std::size_t other = source + 1; other < sources_.size(); ++other) {
    if (sources_[other].conditions.front().left_source != source) continue;
    key.clear();
    if (!upstream_key(other, row, true, &key)) continue;
    tables_[other].left_by_upstream[key].emplace(row.serial, &row);
  }
}

void Join::leave(std::size_t source, const Row& row) {
  const auto erase = [&row](Index* index, const std::string& key) {
    const auto found = index->find(key);
    found->second.erase(row.serial);
    if (found->second.empty()) index->erase(found);
  };
  std::string key;
  if (source != 0 && own_key(source, row, &key)) erase(&tables_[source].by_conditions, key);
  for (std::size_t other = source + 1; other < sources_.size(); ++other) {
    if (sources_[other].conditions.front().left_source != source) continue;
    key.clear();
    if (upstream_key(other, row, true, &key)) erase(&tables_[other].left_by_upstream, key);
  }
}

// All owners from which a way leads to the row by the first of its conditions; others may not hold, so
// these are enough and sometimes more.
void Join::find_owners(std::size_t source, const Row& row, Owners* owners) const {
  if (source == 0) {
    owners->insert(std::string(row.key));
    return;
  }
  const std::size_t upstream = sources_[source].conditions.front().left_source;
  std::string key;
  if (!upstream_key(source, row, false, &key)) return;
  const auto found = tables_[source].left_by_upstream.find(key);
  if (found == tables_[source].left_by_upstream.end()) return;
  for (const auto& [serial, left] : found->second) find_owners(upstream, *left, owners);
}

void Join::change(std::size_t source, std::string_view key, RecordRef record, Values values, Owners* owners) {
  Table& table = tables_[source];
  const auto found = table.rows.find(std::string(key));
  if (found != table.rows.end()) {
    find_owners(source, found->second, owners);
    leave(source, found->second);
    if (!record) {
      table.rows.erase(found);
      return;
    }
  }
  if (!record) return;
  Row& row = found != table.rows.end() ? found->second : table.rows[std::string(key)];
  if (row.serial == 0) row.serial = next_serial_++;
  row.key = key;
  row.record = std::move(record);
  row.values = std::move(values);
  enter(source, row);
  find_owners(source, row, owners);
}

}  // namespace amps::broker
