// SPDX-License-Identifier: Apache-2.0
// What a view, or an aggregated query, makes of its sources: which rows, which groups, which fields
// (broker 7). Compiled once and shared by all that run it.
// Threads: any, after make().
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "broker/expression/program.h"
#include "broker/format/field_path.h"
#include "broker/format/field_plan.h"
#include "broker/format/message_format.h"
#include "broker/message_types.h"

namespace amps::broker {

// A topic that rows are made of.
struct ViewSource {
  std::string message_type;
  std::string topic;
  const MessageFormat* format = nullptr;
  FieldPlan plan;  // The fields anybody looks at.
};

// The texts of a definition.
struct ViewTexts {
  std::vector<std::string> projection;  // "expression AS /path"
  std::vector<std::string> grouping;    // Fields.
  std::string filter;                   // Of one source only; empty: none.
};

class ViewPlan {
 public:
  struct SourceName {
    std::string message_type;
    std::string topic;
  };
  // Fails with AMPS_E_FILTER when an expression does not compile, and with AMPS_E_USAGE when a message
  // type cannot be read, or `message_type` cannot be written.
  static Status make(const std::vector<SourceName>& sources, const std::string& message_type,
                     const ViewTexts& texts, std::unique_ptr<ViewPlan>* out,
                     const MessageTypes& types = MessageTypes());

  struct Field {
    FieldPath destination;
    BoundProgram program;
    std::vector<BoundProgram> arguments;  // Of its aggregate calls.
    bool is_optional = false;             // Left out when NULL.
  };

  const std::vector<ViewSource>& sources() const noexcept { return sources_; }
  const std::vector<Field>& fields() const noexcept { return fields_; }
  const std::vector<BoundProgram>& grouping() const noexcept { return grouping_; }
  const BoundProgram& filter() const noexcept { return filter_; }  // None: every record.
  const MessageFormat& format() const noexcept { return *format_; }
  // Where results have the grouping fields: what deltas always carry.
  const std::vector<FieldPath>& key_paths() const noexcept { return key_paths_; }
  // Adds a field of a source to those that are read, for joins. Before the plan is used.
  Status add_field(std::size_t source, const std::string& path, FieldPlan::Slot* slot);

 private:
  std::vector<FieldSource> field_sources();
  Status add_projection(const std::string& text);
  Status check_shape() const;
  Status add_grouping(const std::string& text);
  Status compile(const Expression& expression, BoundProgram* out, std::vector<BoundProgram>* arguments);

  std::vector<ViewSource> sources_;
  const MessageFormat* format_ = nullptr;
  std::vector<Field> fields_;
  std::vector<BoundProgram> grouping_;  // A field each.
  BoundProgram filter_;
  std::vector<FieldPath> key_paths_;
};

}  // namespace amps::broker
