// SPDX-License-Identifier: Apache-2.0
// A configuration is read or refused with a text that says where; what was read is written as text that
// reads the same. Included files stay out: the input would choose which files of the machine are opened.
#include <string>

#include "broker/configuration_xml.h"
#include "oracle.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using amps::broker::Configuration;
  const std::string_view text = view_of_input(data, size);
  if (text.find("Include") != std::string_view::npos) return 0;
  Configuration first;
  const amps::Status status = amps::broker::read_configuration(text, "f.xml", {}, &first);
  if (!status.ok()) {
    ORACLE(status.text().rfind("f.xml:", 0) == 0);
    return 0;
  }
  const std::string written = amps::broker::write_configuration(first);
  Configuration second;
  ORACLE(amps::broker::read_configuration(written, "f.xml", {}, &second).ok());
  ORACLE(amps::broker::write_configuration(second) == written);
  return 0;
}
