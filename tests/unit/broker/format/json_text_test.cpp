// SPDX-License-Identifier: Apache-2.0
#include "broker/format/json_text.h"

#include <doctest/doctest.h>

#include <string>

using namespace amps::broker;

namespace {

std::string unescaped(std::string_view raw) {
  TextArena texts;
  std::string_view out;
  return json::unescape(raw, &texts, &out) ? std::string(out) : "malformed";
}

std::string escaped(std::string_view text) {
  amps::Buffer out;
  json::append_string(text, &out);
  return std::string(out.view());
}

// Bytes taken, or npos.
std::size_t number(std::string_view text, Value* out) {
  const char* const after = json::read_number(text.data(), text.data() + text.size(), out);
  return after == nullptr ? std::string::npos : static_cast<std::size_t>(after - text.data());
}

std::size_t skipped(std::string_view text) {
  const char* const after = json::skip_value(text.data(), text.data() + text.size());
  return after == nullptr ? std::string::npos : static_cast<std::size_t>(after - text.data());
}

}  // namespace

TEST_CASE("escapes of strings are read") {
  CHECK(unescaped(R"(a\"b\\c\/d)") == "a\"b\\c/d");
  CHECK(unescaped(R"(\b\f\n\r\t)") == "\b\f\n\r\t");
  CHECK(unescaped(R"(\u0041\u00e9\u20AC)") == "A\xC3\xA9\xE2\x82\xAC");
  CHECK(unescaped(R"(\uD83D\uDE00)") == "\xF0\x9F\x98\x80");
  CHECK(unescaped(R"(\uD83Dx)") == "\xEF\xBF\xBDx");
  CHECK(unescaped(R"(\uDE00)") == "\xEF\xBF\xBD");
  CHECK(unescaped(R"(\u0000)") == std::string(1, '\0'));
  for (const char* raw : {"\\", "\\x", "\\u12", "\\u12g4"}) CHECK(unescaped(raw) == "malformed");
}

TEST_CASE("strings are written so that they read back") {
  CHECK(escaped("plain") == "\"plain\"");
  CHECK(escaped("a\"b\\c\n\x01\x7F\xC3\xA9") == "\"a\\\"b\\\\c\\n\\u0001\x7F\xC3\xA9\"");
  CHECK(escaped("") == "\"\"");
}

TEST_CASE("numbers follow the grammar of json and keep their text") {
  Value value;
  CHECK(number("150.25,", &value) == 6);
  CHECK(value.as_float() == 150.25);
  CHECK(value.text() == "150.25");
  CHECK(number("-0", &value) == 2);
  CHECK(value.as_integer() == 0);
  CHECK(number("1e3}", &value) == 3);
  CHECK(value.as_float() == 1000);
  CHECK(number("18446744073709551610", &value) == 20);
  CHECK(value.as_unsigned() == 18446744073709551610u);
  CHECK(number("-9223372036854775808", &value) == 20);
  CHECK(value.as_integer() == INT64_MIN);
  CHECK(number("0.1234567890123456789", &value) == 21);
  CHECK(value.as_float() == 0.1234567890123456789);
  for (const char* text : {"-", "01", "1.", "1.e5", "1e", "1e+", "-a"})
    CHECK(number(text, &value) == std::string::npos);
}

TEST_CASE("values are stepped over") {
  CHECK(skipped("12,3") == 2);
  CHECK(skipped(R"("a\"]",1)") == 6);
  CHECK(skipped(R"({"a":[1,"}"],"b":{}},)") == 20);
  CHECK(skipped("true]") == 4);
  for (const char* text : {"", "\"abc", "\"abc\\", "{\"a\":1", "[[]", ",", "\"abc\\\""})
    CHECK(skipped(text) == std::string::npos);
}

TEST_CASE("the end of a string is found wherever it stands, and escaped quotes are not it") {
  for (std::size_t size = 0; size < 70; ++size) {
    bool escaped = true;
    const std::string plain = std::string(size, 'x') + "\"," + std::string(20, '"');
    const char* const end = plain.data() + plain.size();
    CHECK(json::find_string_end(plain.data(), end, &escaped) == plain.data() + size);
    CHECK_FALSE(escaped);
    CHECK(json::find_string_end(plain.data(), plain.data() + size, &escaped) == nullptr);
    const std::string quoted = std::string(size, 'x') + "\\\"y\\\\\"";
    CHECK(json::find_string_end(quoted.data(), quoted.data() + quoted.size(), &escaped) ==
          quoted.data() + quoted.size() - 1);
    CHECK(escaped);
    CHECK(json::find_string_end(quoted.data(), quoted.data() + size + 1, &escaped) == nullptr);
  }
}
