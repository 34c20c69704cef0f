// SPDX-License-Identifier: Apache-2.0
#include "broker/format/xml_text.h"

namespace amps::broker {

std::string xml_element(std::string_view name, std::string_view text) {
  std::string out = "<" + std::string(name) + ">";
  for (const char byte : text) {
    switch (byte) {
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '&':
        out += "&amp;";
        break;
      default:
        out += static_cast<unsigned char>(byte) < 0x20 ? ' ' : byte;
    }
  }
  return out + "</" + std::string(name) + ">";
}

}  // namespace amps::broker
