// SPDX-License-Identifier: Apache-2.0
// A connection string is parsed the same twice, refused with a text, and shown without its password.
#include <string>

#include "net/uri.h"
#include "oracle.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = view_of_input(data, size);
  amps::net::Uri first;
  amps::net::Uri second;
  const amps::Status status = amps::net::parse_uri(text, &first);
  const amps::Status again = amps::net::parse_uri(text, &second);
  ORACLE(status.code() == again.code() && status.text() == again.text());
  ORACLE(status.ok() || !status.text().empty());
  const std::string shown = amps::net::redact_uri(text);
  if (!status.ok()) return 0;
  ORACLE(first.host == second.host && first.port == second.port && first.user == second.user);
  // Without a password of some length the text of it may well stand elsewhere in the string.
  const bool is_telling =
      first.password.size() >= 8 && text.find(first.password) == text.rfind(first.password);
  if (is_telling) ORACLE(shown.find(first.password) == std::string::npos);
  return 0;
}
