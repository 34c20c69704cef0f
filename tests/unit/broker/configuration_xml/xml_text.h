// SPDX-License-Identifier: Apache-2.0
// For the tests of what reads a configuration: texts in, errors out.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <variant>

#include "broker/configuration_xml.h"

namespace xml_text {

using amps::broker::Configuration;

// The text of the error, or "ok".
inline std::string read(const std::string& xml, Configuration* out,
                        const amps::broker::Variables& variables = {}) {
  const amps::Status status = amps::broker::read_configuration(xml, "my.xml", variables, out);
  if (status.ok()) return "ok";
  CHECK(status.code() == AMPS_E_USAGE);
  return status.text();
}

inline std::string read(const std::string& xml) {
  Configuration configuration;
  return read(xml, &configuration);
}

inline std::string root(const std::string& elements) {
  return "<AMPSConfig>" + elements + "</AMPSConfig>";
}

// Elements of SOW, with everything logged.
inline std::string sow(const std::string& elements) {
  return root(
      "<TransactionLog><JournalDirectory>j</JournalDirectory>"
      "<Topic><Name>.*</Name><MessageType>json</MessageType></Topic></TransactionLog>"
      "<SOW>" +
      elements + "</SOW>");
}

inline Configuration good(const std::string& xml) {
  Configuration configuration;
  REQUIRE(read(xml, &configuration) == "ok");
  return configuration;
}

template <typename T>
T only(const Configuration& configuration) {
  REQUIRE(configuration.sow.size() == 1);
  return std::get<T>(configuration.sow.front());
}

inline bool contains(const std::string& text, const std::string& piece) {
  return text.find(piece) != std::string::npos;
}

// What was read is written as text that reads the same, all of it.
inline void check_round_trip(const std::string& xml) {
  const std::string written = amps::broker::write_configuration(good(xml));
  CAPTURE(written);
  Configuration again;
  CHECK(read(written, &again) == "ok");
  CHECK(amps::broker::write_configuration(again) == written);
}

}  // namespace xml_text
