// SPDX-License-Identifier: Apache-2.0
// Options written back as a list are the same options; taking one away leaves the others.
#include <algorithm>
#include <string>
#include <vector>

#include "oracle.h"
#include "wire/options.h"
#include "wire/reason.h"

using namespace amps::wire;

namespace {

bool is_same(const Option& a, const Option& b) {
  return a.name == b.name && a.value == b.value && a.has_value == b.has_value;
}

std::string join(const std::vector<Option>& options) {
  std::string list;
  for (const Option& option : options) {
    if (!list.empty()) list += ',';
    list += option.name;
    if (option.has_value) list.append("=").append(option.value);
  }
  return list;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = view_of_input(data, size);
  (void)parse_interval_ns(text);
  (void)parse_size_bytes(text);
  (void)parse_count(text);
  (void)parse_bool(text);
  (void)is_topic_pattern(text);
  ORACLE(reason_code(text) != AMPS_E_OK);
  for_each_id(text, [&](std::string_view id) { ORACLE(is_part_of(id, text)); });

  std::vector<Option> options;
  if (!parse_options(text, &options).ok()) return 0;
  for (const Option& option : options) {
    ORACLE(!option.name.empty());
    ORACLE(is_part_of(option.name, text) && is_part_of(option.value, text));
    ORACLE(find_option(text, option.name).has_value());
  }
  const std::string joined = join(options);
  std::vector<Option> again;
  ORACLE(parse_options(joined, &again).ok());
  ORACLE(std::equal(options.begin(), options.end(), again.begin(), again.end(), is_same));
  if (!options.empty()) ORACLE(!find_option(without_option(text, options[0].name), options[0].name));
  return 0;
}
