// SPDX-License-Identifier: Apache-2.0
#include "broker/format/xml_reader.h"

#include <doctest/doctest.h>

#include <string>

using namespace amps::broker;

namespace {

// The events of a text: `(name`, `@name=text`, `text`, `)`.
std::string events(std::string_view text) {
  TextArena texts;
  XmlReader reader(text, &texts);
  std::string all;
  for (;;) {
    switch (reader.next()) {
      case XmlReader::Event::kStart:
        all += '(' + std::string(reader.name());
        break;
      case XmlReader::Event::kAttribute:
        all += '@' + std::string(reader.name()) + '=' + std::string(reader.text());
        break;
      case XmlReader::Event::kText:
        all += std::string("|") + std::string(reader.text());
        break;
      case XmlReader::Event::kEnd:
        all += ')';
        break;
      case XmlReader::Event::kDone:
        return all;
      case XmlReader::Event::kMalformed:
        CHECK(reader.next() == XmlReader::Event::kMalformed);
        return std::string("! ") + reader.problem();
    }
  }
}

}  // namespace

TEST_CASE("elements, attributes and texts come in order") {
  CHECK(events(R"(<a x="1" y='&lt;2'><b/>t &amp; u</a>)") == "(a@x=1@y=<2(b)|t & u)");
  CHECK(events("<a><![CDATA[x]]]]></a>") == "(a|x]])");
  CHECK(events("<a><![CDATA[x]]</a>") == "! character data without end");
  CHECK(events("<!DOCTYPE a><a ></a >") == "(a)");
  CHECK(events("  <?pi?> ") == "");
}

TEST_CASE("the problem is named") {
  CHECK(events("<a>") == "! element without end");
  CHECK(events("<a") == "! tag without end");
  CHECK(events("<a></b>") == "! end of another element");
  CHECK(events("<a>&x;</a>") == "! unknown entity");
  CHECK(events("t") == "! text outside of an element");
}

TEST_CASE("written text reads back") {
  amps::Buffer out;
  append_xml_text("a<b>&\"'c", &out);
  CHECK(events("<t>" + std::string(out.view()) + "</t>") == "(t|a<b>&\"'c)");
  CHECK(is_xml_name("a-b.c:1"));
  CHECK_FALSE(is_xml_name("1a"));
  CHECK_FALSE(is_xml_name(""));
}
