// SPDX-License-Identifier: Apache-2.0
// The statistics as a tree: values, members by name, and collections of members with an id (broker 14.1).
// Threads: values.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <type_traits>

namespace amps::broker {

class StatisticsNode {
 public:
  enum class Kind { kObject, kCollection, kValue };

  explicit StatisticsNode(std::string name = {}, Kind kind = Kind::kObject, std::string value = {})
      : name_(std::move(name)), value_(std::move(value)), kind_(kind) {}

  // Members, in the order they are added in. References live as long as the tree.
  StatisticsNode& object(std::string_view name) { return add(name, Kind::kObject, {}); }
  StatisticsNode& collection(std::string_view name) { return add(name, Kind::kCollection, {}); }
  void value(std::string_view name, std::string_view text) { add(name, Kind::kValue, text); }
  template <typename Number, typename = std::enable_if_t<std::is_arithmetic_v<Number>>>
  void value(std::string_view name, Number number) {
    add(name, Kind::kValue, std::to_string(number));
  }

  // "a/b/c"; empty: this. None: there is none.
  const StatisticsNode* find(std::string_view path) const noexcept;
  Kind kind() const noexcept { return kind_; }
  const std::string& text() const noexcept { return value_; }
  // JSON nested by `path`; all values are texts.
  std::string json(std::string_view path) const;

 private:
  StatisticsNode& add(std::string_view name, Kind kind, std::string_view text) {
    return children_.emplace_back(StatisticsNode(std::string(name), kind, std::string(text)));
  }
  void write(std::string* out) const;

  std::string name_;
  std::string value_;
  Kind kind_;
  std::deque<StatisticsNode> children_;
};

}  // namespace amps::broker
