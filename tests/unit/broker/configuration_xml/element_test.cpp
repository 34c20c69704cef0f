// SPDX-License-Identifier: Apache-2.0
#include "broker/configuration_xml/element.h"

#include <doctest/doctest.h>

#include <cstdlib>

#include "support/temporary_directory.h"

using amps::test::TemporaryDirectory;
using namespace amps::broker;

namespace {

std::string load(const std::string& xml, ElementTree* tree, const Variables& variables = {}) {
  const amps::Status status = tree->load(xml, "my.xml", variables);
  return status.ok() ? "ok" : status.text();
}
std::string load(const std::string& xml) {
  ElementTree tree;
  return load(xml, &tree);
}
bool contains(const std::string& text, const std::string& piece) {
  return text.find(piece) != std::string::npos;
}

}  // namespace

TEST_CASE("elements, their texts and their children") {
  ElementTree tree;
  REQUIRE(load("<a> <b> one <!-- x --> two </b><b><![CDATA[ < 3 & 4 ]]></b>\n<c/></a>", &tree) == "ok");
  REQUIRE(tree.root().children.size() == 3);
  CHECK(tree.root().children[0].value == "one  two");
  CHECK(tree.root().children[1].value == "< 3 & 4");
  CHECK(tree.root().find("c") == &tree.root().children[2]);
  CHECK(tree.root().find("d") == nullptr);
}

TEST_CASE("CFG-06: errors name file, line and column, and calls have none") {
  ElementTree tree;
  REQUIRE(load("<a>\n  <b/></a>", &tree) == "ok");
  CHECK(error_at(tree.root().children[0], "bad").text() == "my.xml:2:4: bad");
  ElementTree made;
  REQUIRE(made.load("<a><b/></a>", "Broker()", {}).ok());
  CHECK(error_at(made.root().children[0], "bad").text() == "Broker(): bad");
}

TEST_CASE("CFG-06: broken XML is refused where it breaks") {
  CHECK(contains(load(""), "my.xml:1:1: "));
  CHECK(contains(load("<a>\n<b></a>"), "my.xml:2:"));
  CHECK(contains(load("text"), "text outside"));
  CHECK(contains(load("<a/><b/>"), "second root element"));
  CHECK(contains(load("<a/>text"), "text beside"));
  CHECK(contains(load("<a>text<b/></a>"), "text beside elements"));
  CHECK(contains(load("<a b=\"1\"/>"), "a takes no attributes"));
  CHECK(contains(load(std::string("<a/>\0<b/>", 9)), "NUL byte"));
}

TEST_CASE("CFG-06: bytes that are no UTF-8 are refused where they are") {
  for (const char* bad :
       {"\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\x80", "\xe0\x9f\x80"}) {
    CHECK(load(std::string("<a>\n<b>x") + bad + "</b></a>") == "my.xml:2:5: a byte that is not UTF-8");
  }
  CHECK(load("<a><b>\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 \xf4\x8f\xbf\xbf</b></a>") == "ok");
}

TEST_CASE("a document type is refused, and with it every entity") {
  CHECK(contains(load("<!DOCTYPE c [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\">]><a>&b;</a>"),
                 "DOCTYPE is not allowed"));
}

TEST_CASE("bounds: bytes and nesting") {
  CHECK(contains(load("<a>" + std::string(5u << 20, ' ') + "</a>"), "exceed the limit"));
  std::string nested;
  for (int i = 0; i < 100; ++i) nested += "<a>";
  for (int i = 0; i < 100; ++i) nested += "</a>";
  CHECK(contains(load(nested), "nested too deeply"));
}

TEST_CASE("CFG-04: an included file takes the place of the element, and its errors name it") {
  const TemporaryDirectory directory;
  const std::string inner = directory.write("inner.xml", "<b>1</b>\n<b>${V}</b>");
  ElementTree tree;
  REQUIRE(load("<a><x/><Include comment=\"true\">" + inner + "</Include><y/></a>", &tree, {{"V", "2"}}) ==
          "ok");
  const auto& children = tree.root().children;
  REQUIRE(children.size() == 4);
  CHECK(children[2].value == "2");
  CHECK(children[3].name == "y");
  CHECK(error_at(children[2], "bad").text() == inner + ":2:2: bad");
}

TEST_CASE("CFG-04: a circle of files, a missing file and a broken one are errors") {
  const TemporaryDirectory directory;
  directory.write("one.xml", "<Include>" + directory.file("two.xml") + "</Include>");
  directory.write("two.xml", "<Include>" + directory.file("one.xml") + "</Include>");
  directory.write("broken.xml", "<b>\n</c>");
  CHECK(contains(load("<a><Include>" + directory.file("one.xml") + "</Include></a>"),
                 "goes round in a circle"));
  CHECK(contains(load("<a><Include>" + directory.file("none.xml") + "</Include></a>"), "none.xml"));
  CHECK(contains(load("<a><Include>" + directory.file("broken.xml") + "</Include></a>"), "broken.xml:2:"));
  CHECK(contains(load("<a><Include/></a>"), "Include is empty"));
}

TEST_CASE("CFG-04: files that include others many times over hit a limit, not the memory") {
  const TemporaryDirectory directory;
  std::string name = directory.write("0.xml", "<b/>");
  for (int i = 1; i < 20; ++i) {
    name = directory.write(std::to_string(i) + ".xml",
                           "<Include>" + name + "</Include><Include>" + name + "</Include>");
  }
  CHECK(contains(load("<a><Include>" + name + "</Include></a>"), "exceed the limit"));
}

TEST_CASE("what is written is read as the same") {
  Element root;
  root.name = "a";
  root.add("b", "x < y & ${z}");
  root.add("c").add("d", "é");
  ElementTree tree;
  REQUIRE(load(write_elements(root), &tree) == "ok");
  CHECK(tree.root().children[0].value == "x < y & ${z}");
  CHECK(tree.root().children[1].children[0].value == "é");
}
