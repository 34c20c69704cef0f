// SPDX-License-Identifier: Apache-2.0
#include "broker/configuration_xml/members.h"

#include <doctest/doctest.h>

using namespace amps::broker;

namespace {

enum class Color { kRed, kBlue };

struct Thing {
  std::string name = "t";
  std::vector<std::string> tags;
  std::vector<std::string> fields;
  std::uint64_t wait_ms = 10;
  bool open = false;
  Color color = Color::kRed;
};

constexpr char kField[] = "Field";
constexpr Word<Color> kColors[] = {{"red", Color::kRed}, {"blue", Color::kBlue}, {"azure", Color::kBlue}};
constexpr Member<Thing> kThing[] = {
    one<Text<&Thing::name>>("Name", "of it", "Title"),
    many<Texts<&Thing::tags>>("Tag", "about it"),
    one<List<&Thing::fields, kField>>("Fields", "in it"),
    one<Number<&Thing::wait_ms, NumberUnit::kMilliseconds, 1, 1000>>("Wait", "before it"),
    one<Flag<&Thing::open>>("Open", "or not"),
    one<Choice<&Thing::color, kColors>>("Color", "of it"),
    ignored<Thing>("Speed", "it is fast"),
    unavailable<Thing>("Wings"),
};

std::string read(const std::string& members, Thing* out, Warnings* warnings) {
  ElementTree tree;
  REQUIRE(tree.load("<Thing>" + members + "</Thing>", "f()", {}).ok());
  const amps::Status status = read_members(tree.root(), kThing, out, warnings);
  return status.ok() ? "ok" : status.text();
}

std::string read(const std::string& members) {
  Thing thing;
  Warnings warnings;
  return read(members, &thing, &warnings);
}

}  // namespace

TEST_CASE("CFG-07: members are read by name or synonym") {
  Thing thing;
  Warnings warnings;
  REQUIRE(read("<Title>x</Title><Tag>1</Tag><Wait>1s</Wait><Tag>2</Tag><Open>enabled</Open>"
               "<Color>azure</Color><Fields><Field>a</Field><Field>b</Field></Fields>",
               &thing, &warnings) == "ok");
  CHECK(thing.name == "x");
  CHECK(thing.tags == std::vector<std::string>{"1", "2"});
  CHECK(thing.fields == std::vector<std::string>{"a", "b"});
  CHECK(thing.wait_ms == 1000);
  CHECK(thing.open);
  CHECK(thing.color == Color::kBlue);
  CHECK(warnings.empty());
}

TEST_CASE("CFG-06: what is wrong names the element and what it takes") {
  CHECK(read("<Nmae>x</Nmae>") == "f(): unknown element Nmae in Thing");
  CHECK(read("<Name>x</Name><Title>y</Title>") == "f(): second element Title in Thing");
  CHECK(read("<Name/>") == "f(): Name is empty");
  CHECK(read("<Name><b/></Name>") == "f(): element b inside Name");
  CHECK(read("<Wait>5</Wait>") == "f(): Wait is 5, not an interval from 1ms to 1000ms");
  CHECK(read("<Color>green</Color>") == "f(): Color is green, not one of red, blue, azure");
  CHECK(read("<Fields>a</Fields>") == "f(): Fields has elements, not text");
  CHECK(read("<Fields><F>a</F></Fields>") == "f(): unknown element F in Fields");
  CHECK(read("<Fields/>") == "f(): Fields is empty");
}

TEST_CASE("CFG-08: documented elements without effect warn, those with effect are refused") {
  Thing thing;
  Warnings warnings;
  REQUIRE(read("<Speed><any/></Speed>", &thing, &warnings) == "ok");
  REQUIRE(warnings.size() == 1);
  CHECK(warnings[0] == "f(): element Speed is passed over: it is fast");
  CHECK(read("<Wings/>") == "f(): element Wings is not available in this version");
}

TEST_CASE("members are written as they are read, and described with their defaults") {
  Thing thing;
  thing.fields = {"a"};
  thing.color = Color::kBlue;
  Element element;
  write_members(thing, kThing, &element);
  CHECK(element.find("Name")->value == "t");
  CHECK(element.find("Tag") == nullptr);
  CHECK(element.find("Fields")->children[0].value == "a");
  CHECK(element.find("Color")->value == "blue");
  CHECK(element.find("Open")->value == "false");
  std::vector<MemberDescription> rows;
  describe_members("Thing", kThing, &rows);
  REQUIRE(rows.size() == 8);
  CHECK(rows[0].path == "Thing/Name");
  CHECK(rows[0].synonym == "Title");
  CHECK(rows[3].default_value == "10ms");
  CHECK(rows[1].kind == "text, repeated");
  CHECK(rows[7].what == "not available: refused");
}
