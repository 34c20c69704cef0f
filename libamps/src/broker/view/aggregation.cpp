// SPDX-License-Identifier: Apache-2.0
#include "broker/view/aggregation.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "broker/sow/record_key.h"

namespace amps::broker {

namespace {

// Of the group whose fields are all NULL. No message type has a text like it.
constexpr std::string_view kNullIdentity = "\xFF\xFE";

}  // namespace

Aggregation::Aggregation(const ViewPlan* plan) : plan_(*plan), values_(plan->sources().size()) {
  for (const FieldValues& values : values_) sources_.push_back(&values);
  extracted_.resize(values_.size());
}

EvaluationContext Aggregation::context() const noexcept {
  EvaluationContext context;
  context.sources = sources_.data();
  return context;
}

// Fields of a record that cannot be read to its end are those before the damage.
void Aggregation::extract(const Row& row) {
  extracted_ = row;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const ViewSource& source = plan_.sources()[i];
    values_[i].begin(source.plan);
    if (row[i]) static_cast<void>(source.format->extract(source.plan, row[i]->body(), &values_[i]));
  }
}

bool Aggregation::is_wanted() {
  return !plan_.filter() || plan_.filter().accepts(context(), &scratch_);
}

Aggregation::Groups::iterator Aggregation::find_group() {
  char room[kNumberTextBytesMax];
  IdentityWriter identity(&identity_, plan_.grouping().size());
  for (const BoundProgram& field : plan_.grouping()) {
    const Value value = field.evaluate(context(), &scratch_);
    value.is_null() ? identity.add_missing() : identity.add(string_form(value, room));
  }
  if (identity.is_void()) identity_ = kNullIdentity;
  const auto [group, is_new] = groups_.try_emplace(identity_);
  if (!is_new) return group;
  for (const ViewPlan::Field& field : plan_.fields()) {
    for (const AggregateCall& call : field.program.program().aggregates()) {
      group->second.aggregates.push_back(Aggregate::make(call.kind, call.delimiter));
    }
  }
  return group;
}

void Aggregation::add(const Row& row, std::vector<Contribution>* contributions) {
  scratch_.texts().clear();
  extract(row);
  if (!is_wanted()) return;
  Contribution contribution{find_group(), next_order_++, {}};
  Group& group = contribution.group->second;
  for (const ViewPlan::Field& field : plan_.fields()) {
    for (const BoundProgram& argument : field.arguments) {
      const Value value = argument.evaluate(context(), &scratch_);
      group.aggregates[contribution.values.size()]->add(value, contribution.order);
      contribution.values.emplace_back(value);
    }
  }
  ++group.members;
  group.latest = row;
  contributions->push_back(std::move(contribution));
}

void Aggregation::take_back(const Contribution& contribution) {
  Group& group = contribution.group->second;
  for (std::size_t i = 0; i < contribution.values.size(); ++i) {
    group.aggregates[i]->remove(contribution.values[i].value(), contribution.order);
  }
  --group.members;
}

void Aggregation::replace(std::string_view owner, const std::vector<Row>& rows, Output* output) {
  std::vector<Contribution> before;
  if (const auto found = rows_.find(std::string(owner)); found != rows_.end()) {
    before = std::move(found->second);
    rows_.erase(found);
  }
  std::vector<Contribution> after;
  for (const Contribution& one : before) take_back(one);
  for (const Row& row : rows) add(row, &after);

  // Groups that were left before groups that were joined, each once.
  std::vector<Groups::iterator> touched;
  std::unordered_set<const Group*> seen;
  for (const auto* contributions : {&before, &after}) {
    for (const Contribution& one : *contributions) {
      if (seen.insert(&one.group->second).second) touched.push_back(one.group);
    }
  }
  if (!after.empty()) rows_.emplace(owner, std::move(after));
  for (const Groups::iterator group : touched) tell(group, output);
}

void Aggregation::tell(Groups::iterator group, Output* output) {
  if (group->second.members == 0) {
    if (output != nullptr) output->remove_group(group->first);
    groups_.erase(group);
    return;
  }
  if (output == nullptr) return;
  write(&group->second);
  output->put_group(group->first, body_.view());
}

void Aggregation::for_each(Output* output) {
  for (auto& [identity, group] : groups_) {
    write(&group);
    output->put_group(identity, body_.view());
  }
}

// Plain fields are those of the latest row (broker 2.10).
void Aggregation::write(Group* group) {
  const bool is_at_hand =
      std::equal(group->latest.begin(), group->latest.end(), extracted_.begin(),
                 [](const RecordRef& left, const RecordRef& right) { return left.get() == right.get(); });
  scratch_.texts().clear();
  if (!is_at_hand) extract(group->latest);
  document_.clear();
  std::size_t next = 0;
  for (const ViewPlan::Field& field : plan_.fields()) {
    results_.clear();
    for (std::size_t i = 0; i < field.arguments.size(); ++i) {
      results_.push_back(group->aggregates[next++]->result(&scratch_.texts()));
    }
    EvaluationContext group_context = context();
    group_context.aggregates = results_.data();
    const Value value = field.program.evaluate(group_context, &scratch_);
    if (!value.is_null() || !field.is_optional) document_.set(field.destination, value);
  }
  body_.clear();
  // The plan has made sure that the type can be written.
  static_cast<void>(plan_.format().write(document_, &body_));
}

}  // namespace amps::broker
