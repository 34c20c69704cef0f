// SPDX-License-Identifier: Apache-2.0
#include "broker/view/join.h"

#include <doctest/doctest.h>

#include <random>
#include <string>

using namespace amps::broker;

namespace {

using Text = std::optional<std::string>;

RecordRef record_of(const std::string& key) {
  Record::Parts parts;
  parts.key = key;
  return Record::make(parts);
}

ViewConfiguration view_of(std::vector<ViewConfiguration::Join> joins) {
  ViewConfiguration view;
  view.name = "v";
  view.joins = std::move(joins);
  return view;
}

JoinField field(const std::string& topic, const std::string& path) {
  return {"json", topic, path};
}

// "o1+r1 o2+-": the rows of all owners, a dash for what is missing.
std::string rows(const Join& join, const std::vector<std::string>& owners) {
  std::string text;
  for (const std::string& owner : owners) {
    join.for_each_row(owner, [&](const std::vector<RecordRef>& row) {
      for (std::size_t i = 0; i < row.size(); ++i) {
        if (i != 0) text += "+";
        text += row[i] ? std::string(row[i]->key()) : "-";
      }
      text += " ";
    });
  }
  return text;
}

using Tables = std::vector<std::map<std::string, Join::Values>>;  // a, b, c, d by key.

// Rows of a record of a, worked out the plain way: b joins a, c joins a and b, d joins c.
std::multiset<std::string> nested_loops(const Tables& tables, const std::string& a_key,
                                        bool null_joins_null) {
  const Join::Values& a = tables[0].at(a_key);
  std::multiset<std::string> expected;
  const auto equal = [&](const Text& left, const Text& right) {
    return left == right && (left || null_joins_null);
  };
  const auto add_d = [&](const std::string& prefix, const Join::Values* c) {
    bool found = false;
    for (const auto& [d_key, d] : tables[3]) {
      if (c == nullptr || !equal((*c)[2], d[0])) continue;
      expected.insert(prefix + "+" + d_key);
      found = true;
    }
    if (!found) expected.insert(prefix + "+-");
  };
  const auto add_c = [&](const std::string& prefix, const Join::Values* b) {
    bool found = false;
    for (const auto& [c_key, c] : tables[2]) {
      if (b == nullptr || !equal(a[1], c[0]) || !equal((*b)[1], c[1])) continue;
      add_d(prefix + "+" + c_key, &c);
      found = true;
    }
    if (!found) add_d(prefix + "+-", nullptr);
  };
  bool found = false;
  for (const auto& [b_key, b] : tables[1]) {
    if (!equal(a[0], b[0])) continue;
    add_c(a_key + "+" + b_key, &b);
    found = true;
  }
  if (!found) add_c(a_key + "+-", nullptr);
  return expected;
}

struct Orders {
  Join join;
  Join::Owners owners;

  explicit Orders(bool null_joins_null = false) : join(plan(), null_joins_null) {}
  static std::vector<JoinSource> plan() {
    std::vector<JoinSource> sources;
    REQUIRE(plan_join(view_of({{field("orders", "/sym"), field("ref", "/sym")}}), &sources).ok());
    return sources;
  }
  void order(const std::string& key, Text symbol) { join.change(0, key, record_of(key), {symbol}, &owners); }
  void ref(const std::string& key, Text symbol) { join.change(1, key, record_of(key), {symbol}, &owners); }
  void remove(std::size_t source, const std::string& key) { join.change(source, key, {}, {}, &owners); }
};

}  // namespace

TEST_CASE_FIXTURE(Orders, "VEW-03: unmatched records of the left topic stand alone, of the right nowhere") {
  order("o1", "X");
  order("o2", "Y");
  ref("r1", "X");
  ref("r9", "Z");
  CHECK(rows(join, {"o1", "o2"}) == "o1+r1 o2+- ");
  CHECK(owners == Join::Owners{"o1", "o2"});
  owners.clear();
  remove(1, "r1");
  CHECK(owners == Join::Owners{"o1"});
  CHECK(rows(join, {"o1"}) == "o1+- ");
}

TEST_CASE_FIXTURE(Orders, "VEW-03: a record joins all that are equal, and follows when its value changes") {
  order("o1", "X");
  ref("r1", "X");
  ref("r2", "X");
  ref("r3", "Y");
  CHECK(rows(join, {"o1"}) == "o1+r1 o1+r2 ");
  order("o1", "Y");
  CHECK(rows(join, {"o1"}) == "o1+r3 ");
  owners.clear();
  ref("r3", "X");
  CHECK(owners == Join::Owners{"o1"});
  CHECK(rows(join, {"o1"}) == "o1+- ");
  remove(0, "o1");
  CHECK(rows(join, {"o1"}).empty());
}

TEST_CASE_FIXTURE(Orders, "VEW-06: NULLs join nothing") {
  order("o1", {});
  ref("r1", {});
  CHECK(rows(join, {"o1"}) == "o1+- ");
}

TEST_CASE("VEW-06: with JoinNullEquivalency NULLs join each other") {
  Orders orders(true);
  orders.order("o1", {});
  orders.ref("r1", {});
  orders.ref("r2", "X");
  CHECK(rows(orders.join, {"o1"}) == "o1+r1 ");
}

TEST_CASE("VEW-04: joins of the same pair are a conjunction, others a chain") {
  std::vector<JoinSource> sources;
  REQUIRE(plan_join(view_of({{field("a", "/x"), field("b", "/x")},
                             {field("a", "/y"), field("b", "/y")},
                             {field("b", "/z"), field("c", "/z")}}),
                    &sources)
              .ok());
  REQUIRE(sources.size() == 3);
  CHECK(sources[1].conditions.size() == 2);
  CHECK(sources[2].conditions.front().left_source == 1);
  Join join(sources, false);
  Join::Owners owners;
  join.change(0, "a1", record_of("a1"), {"1", "2"}, &owners);
  join.change(1, "b1", record_of("b1"), {"1", "9", "z"}, &owners);
  join.change(2, "c1", record_of("c1"), {"z"}, &owners);
  CHECK(rows(join, {"a1"}) == "a1+-+- ");
  owners.clear();
  join.change(1, "b1", record_of("b1"), {"1", "2", "z"}, &owners);
  CHECK(owners == Join::Owners{"a1"});
  CHECK(rows(join, {"a1"}) == "a1+b1+c1 ");
  owners.clear();
  join.change(2, "c1", {}, {}, &owners);
  CHECK(owners == Join::Owners{"a1"});
  CHECK(rows(join, {"a1"}) == "a1+b1+- ");
}

TEST_CASE("a topic that is joined to none before it is a mistake") {
  std::vector<JoinSource> sources;
  CHECK_FALSE(plan_join(view_of({{field("a", "/x"), field("b", "/x")}, {field("c", "/x"), field("d", "/x")}}),
                        &sources)
                  .ok());
  CHECK_FALSE(plan_join(view_of({{field("a", "/x"), field("a", "/y")}}), &sources).ok());
}

TEST_CASE("VEW-04: after random changes the rows are those of nested loops") {
  for (unsigned seed = 1; seed <= 200; ++seed) {
    std::mt19937 random(seed);
    const bool null_joins_null = seed % 2 == 0;
    std::vector<JoinSource> sources;
    REQUIRE(plan_join(view_of({{field("a", "/x"), field("b", "/x")},
                               {field("a", "/y"), field("c", "/y")},
                               {field("b", "/z"), field("c", "/z")},
                               {field("c", "/w"), field("d", "/w")}}),
                      &sources)
                .ok());
    Join join(sources, null_joins_null);
    Tables tables(4);
    std::map<std::string, std::string> known;  // Rows of owners, as of the latest change that named them.
    for (int step = 0; step < 120; ++step) {
      const std::size_t source = random() % 4;
      const std::string key = std::string(1, static_cast<char>('a' + source)) + std::to_string(random() % 4);
      Join::Values values;
      for (std::size_t i = 0; i < sources[source].fields.size(); ++i) {
        const auto value = random() % 3;
        values.push_back(value == 0 ? Text() : Text(std::to_string(value)));
      }
      Join::Owners owners;
      if (random() % 4 == 0) {
        tables[source].erase(key);
        join.change(source, key, {}, {}, &owners);
      } else {
        tables[source][key] = values;
        join.change(source, key, record_of(key), values, &owners);
      }
      for (const std::string& owner : owners) known[owner] = rows(join, {owner});

      for (const auto& [a_key, a] : tables[0]) {
        const std::multiset<std::string> expected = nested_loops(tables, a_key, null_joins_null);
        std::multiset<std::string> got;
        join.for_each_row(a_key, [&](const std::vector<RecordRef>& row) {
          std::string text;
          for (const RecordRef& one : row) {
            text += (text.empty() ? "" : "+") + (one ? std::string(one->key()) : "-");
          }
          got.insert(text);
        });
        REQUIRE(got == expected);
        // Nobody's rows change without being told.
        REQUIRE(known[a_key] == rows(join, {a_key}));
      }
    }
  }
}
