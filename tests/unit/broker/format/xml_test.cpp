// SPDX-License-Identifier: Apache-2.0
#include "broker/format/xml.h"

#include <doctest/doctest.h>

#include <string>

using namespace amps::broker;

namespace {

struct Fixture {
  // String forms of a field, joined with commas; NULL elements are `-`.
  std::string field(std::string_view path_text, std::string_view body) {
    FieldPath path;
    REQUIRE(FieldPath::parse(path_text, &path).ok());
    FieldPlan plan;
    const auto slot = plan.add(path);
    const amps::Status status = format.extract(plan, body, &values);
    REQUIRE_MESSAGE(status.ok(), status.text());
    std::string joined;
    for (const Value& value : values.at(slot)) {
      char room[kNumberTextBytesMax];
      if (!joined.empty()) joined += ',';
      joined += value.is_null() ? "-" : std::string(string_form(value, room));
    }
    return joined;
  }
  std::string round_trip(std::string_view body) {
    if (!format.parse(body, &document).ok()) return "malformed";
    amps::Buffer out;
    REQUIRE(format.write(document, &out).ok());
    return std::string(out.view());
  }
  const XmlFormat format;
  Document document;
  FieldValues values;
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "EXP-32: elements, attributes and repetitions are fields") {
  const std::string body =
      R"(<?xml version="1.0"?><!-- x --><T ref="T-9" t='a&amp;b'><L s="buy"><Q>250</Q></L><L s="sell"><Q>75</Q></L>)"
      R"(<P c="USD">99.50</P><N/><E>a<!-- c -->b<![CDATA[<c>]]></E></T>)";
  CHECK(field("/T/@ref", body) == "T-9");
  CHECK(field("/T/@t", body) == "a&b");
  CHECK(field("/T/L/Q", body) == "250,75");
  CHECK(field("/T/L/@s", body) == "buy,sell");
  CHECK(field("/T/P", body) == "99.50");
  CHECK(field("/T/P/@c", body) == "USD");
  CHECK(field("/T/N", body) == "");
  CHECK(field("/T/L", body) == "");
  CHECK(field("/T/E", body) == "ab<c>");
}

TEST_CASE_FIXTURE(Fixture, "messages are built as they were read") {
  for (const char* body :
       {R"(<T ref="T-9"><L s="buy"><Q>250</Q></L><L s="sell"/><P c="USD">99.50</P><N/></T>)",
        "<a>x &lt;&amp;&gt; y</a>", "<a/><b>1</b>", ""}) {
    CHECK(round_trip(body) == body);
  }
  CHECK(round_trip("<a>&#65;&#x20AC;</a>") == "<a>A\xE2\x82\xAC</a>");
  CHECK(round_trip("<a> <b>1</b> <c>2</c> <b>3</b> </a>") == "<a><b>1</b><b>3</b><c>2</c></a>");
}

TEST_CASE_FIXTURE(Fixture, "malformed messages are refused wherever they are cut") {
  const std::string body = R"(<T a="1"><L>x&amp;</L><!-- c --><![CDATA[y]]></T>)";
  REQUIRE(round_trip(body) != "malformed");
  for (std::size_t size = 1; size < body.size(); ++size) {
    CAPTURE(body.substr(0, size));
    CHECK(round_trip(body.substr(0, size)) == "malformed");
  }
  for (const char* bad : {"x", "<a></b>", "</a>", "<a b></a>", "<a b=1></a>", "<a>&nope;</a>", "<a>&#0;</a>",
                          "<1/>", "<!DOCTYPE a [<!ENTITY x 'y'>]><a/>", "<a>&#x110000;</a>", "<a/ >"}) {
    CAPTURE(bad);
    CHECK(round_trip(bad) == "malformed");
  }
}

TEST_CASE_FIXTURE(Fixture, "64 levels are read, 65 are not") {
  std::string open, close;
  for (int i = 0; i < 64; ++i) open += "<a>", close += "</a>";
  CHECK(round_trip(open + "1" + close) != "malformed");
  CHECK(round_trip("<a>" + open + close + "</a>") == "malformed");
}

TEST_CASE_FIXTURE(Fixture, "what has no name in xml cannot be written") {
  amps::Buffer out;
  document.append(document.root(), "two words", Value::integer(1));
  CHECK_FALSE(format.write(document, &out).ok());
  document.clear();
  document.append(document.root(), "a", NodeKind::kArray);
  document.append(*document.root().first, {}, Value::integer(1));
  document.append(*document.root().first, {}, Value());
  out.clear();
  CHECK(format.write(document, &out).ok());
  CHECK(out.view() == "<a>1</a><a/>");
}
