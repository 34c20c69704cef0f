// SPDX-License-Identifier: Apache-2.0
#include "broker/configuration_xml.h"

#include <pugixml.hpp>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "broker/configuration_numbers.h"
#include "broker/configuration_sow_xml.h"

namespace amps::broker {

namespace {

constexpr std::size_t kXmlBytesMax = 1u << 20;

// Documented elements this version has nothing behind: leaving them out silently would change what
// happens to data, so the text of the error says that it is us and not a typing error.
constexpr std::string_view kUnavailable[] = {"Actions",
                                             "Admin",
                                             "Authentication",
                                             "Entitlement",
                                             "Include",
                                             "MessageTypes",
                                             "MessageDiskLimit",
                                             "MessageDiskPath",
                                             "Modules",
                                             "Protocols",
                                             "Replication",
                                             "SOWStatsInterval",
                                             "SOWStatisticsInterval",
                                             "TransactionLog",
                                             "Tuning",
                                             "UserDefinedFunctions"};
constexpr std::string_view kInformational[] = {"Description", "Environment", "Group", "ProcessName"};

template <std::size_t N>
bool contains(const std::string_view (&names)[N], std::string_view name) noexcept {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

std::string_view trimmed(std::string_view text) noexcept {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

class Reader {
 public:
  Reader(std::string_view xml, const std::string& origin, const Variables& variables, Configuration* out)
      : xml_(xml), origin_(origin), variables_(variables), out_(out) {}

  Status read();

 private:
  Status error_at(std::ptrdiff_t offset, const std::string& text) const;
  Status error(const pugi::xml_node& node, const std::string& text) const {
    return error_at(node.offset_debug(), text);
  }
  Status value_of(const pugi::xml_node& node, std::string* out) const;
  Status expand(const pugi::xml_node& node, std::string_view text, std::string* out) const;
  Status read_root(const pugi::xml_node& root);
  Status read_number(const pugi::xml_node& node, const NumberElement& element);
  Status read_transport(const pugi::xml_node& node);
  Status read_transport_member(const pugi::xml_node& node, TransportConfiguration* transport, bool* listens);
  Status read_targets(const pugi::xml_node& node) const;

  const std::string_view xml_;
  const std::string& origin_;
  const Variables& variables_;
  Configuration* const out_;
  std::optional<pugi::xml_node> capacity_;  // ClientMaxCapacity may be a share of a limit that comes later.
};

Status Reader::error_at(std::ptrdiff_t offset, const std::string& text) const {
  const std::size_t end =
      std::min(xml_.size(), static_cast<std::size_t>(std::max<std::ptrdiff_t>(offset, 0)));
  const std::string_view before = xml_.substr(0, end);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const std::size_t last = before.rfind('\n');
  const std::size_t column = last == std::string_view::npos ? end + 1 : end - last;
  return Status(AMPS_E_USAGE,
                origin_ + ":" + std::to_string(line) + ":" + std::to_string(column) + ": " + text);
}

Status Reader::expand(const pugi::xml_node& node, std::string_view text, std::string* out) const {
  out->clear();
  for (;;) {
    const std::size_t begin = text.find("${");
    out->append(text.substr(0, begin));
    if (begin == std::string_view::npos) return {};
    const std::size_t end = text.find('}', begin);
    if (end == std::string_view::npos) return error(node, "${ without its }");
    const std::string name(text.substr(begin + 2, end - begin - 2));
    const auto found = variables_.find(name);
    const char* const environment = std::getenv(name.c_str());
    if (found != variables_.end()) {
      out->append(found->second);
    } else if (environment != nullptr) {
      out->append(environment);
    } else {
      return error(node, "variable " + name + " is not set");
    }
    text.remove_prefix(end + 1);
  }
}

// The text of an element that has nothing else.
Status Reader::value_of(const pugi::xml_node& node, std::string* out) const {
  for (const pugi::xml_node& child : node.children()) {
    if (child.type() == pugi::node_element) {
      return error(child, "element " + std::string(child.name()) + " inside " + node.name());
    }
  }
  if (node.first_attribute()) return error(node, std::string(node.name()) + " takes no attributes");
  AMPS_RETURN_IF_ERROR(expand(node, trimmed(node.text().get()), out));
  if (out->empty()) return error(node, std::string(node.name()) + " is empty");
  return {};
}

Status Reader::read() {
  if (xml_.size() > kXmlBytesMax) {
    return Status(AMPS_E_USAGE, origin_ + ": configuration of " + std::to_string(xml_.size()) +
                                    " bytes exceeds limit of " + std::to_string(kXmlBytesMax));
  }
  pugi::xml_document document;
  const unsigned options = pugi::parse_default | pugi::parse_doctype | pugi::parse_trim_pcdata;
  const pugi::xml_parse_result result = document.load_buffer(xml_.data(), xml_.size(), options);
  if (!result) return error_at(result.offset, result.description());
  pugi::xml_node root;
  for (const pugi::xml_node& node : document.children()) {
    // Entities and external files have no place in a configuration.
    if (node.type() == pugi::node_doctype) return error(node, "<!DOCTYPE is not allowed");
    if (node.type() != pugi::node_element) continue;
    if (root) return error(node, "second root element");
    root = node;
  }
  if (std::string_view(root.name()) != "AMPSConfig") return error(root, "the root element is not AMPSConfig");
  return read_root(root);
}

Status Reader::read_root(const pugi::xml_node& root) {
  for (const pugi::xml_node& node : root.children()) {
    if (node.type() != pugi::node_element) return error(node, "text outside of elements");
    const std::string_view name = node.name();
    std::string value;
    if (const NumberElement* element = find_number_element(name)) {
      if (name == "ClientMaxCapacity") {
        capacity_ = node;
      } else {
        AMPS_RETURN_IF_ERROR(read_number(node, *element));
      }
    } else if (name == "Name") {
      AMPS_RETURN_IF_ERROR(value_of(node, &out_->name));
    } else if (name == "Transports") {
      for (const pugi::xml_node& child : node.children()) AMPS_RETURN_IF_ERROR(read_transport(child));
    } else if (name == "SOW") {
      const XmlReaderParts parts{
          [this](const pugi::xml_node& one, std::string* text) { return value_of(one, text); },
          [this](const pugi::xml_node& one, const std::string& text) { return error(one, text); }};
      AMPS_RETURN_IF_ERROR(read_sow(node, parts, &out_->sow));
    } else if (name == "Logging") {
      AMPS_RETURN_IF_ERROR(read_targets(node));
    } else if (contains(kInformational, name)) {
      AMPS_RETURN_IF_ERROR(value_of(node, &value));
    } else if (contains(kUnavailable, name)) {
      return error(node, "element " + std::string(name) + " is not available in this version");
    } else {
      return error(node, "unknown element " + std::string(name));
    }
  }
  if (capacity_) return read_number(*capacity_, *find_number_element("ClientMaxCapacity"));
  return {};
}

Status Reader::read_number(const pugi::xml_node& node, const NumberElement& element) {
  std::string value;
  AMPS_RETURN_IF_ERROR(value_of(node, &value));
  const auto number = parse_number(element, value, out_->number(AMPS_BROKER_OUTBOX_BYTES_MAX));
  if (!number)
    return error(node, std::string(element.element) + " is " + value + ", not " + expected_text(element));
  out_->numbers[element.number] = *number;
  return {};
}

Status Reader::read_transport(const pugi::xml_node& node) {
  if (std::string_view(node.name()) != "Transport") {
    return error(node, "unknown element " + std::string(node.name()) + " in Transports");
  }
  TransportConfiguration transport;
  bool listens = false;
  for (const pugi::xml_node& member : node.children()) {
    AMPS_RETURN_IF_ERROR(read_transport_member(member, &transport, &listens));
  }
  if (!listens) return error(node, "Transport needs InetAddr, or FileName for a Unix socket");
  if (const Status status = out_->add_transport(std::move(transport)); !status.ok()) {
    return error(node, status.text());
  }
  return {};
}

Status Reader::read_transport_member(const pugi::xml_node& node, TransportConfiguration* transport,
                                     bool* listens) {
  const std::string_view name = node.name();
  std::string value;
  AMPS_RETURN_IF_ERROR(value_of(node, &value));
  const auto failed = [&](const Status& status) { return status.ok() ? status : error(node, status.text()); };
  if (name == "Name") {
    transport->name = value;
  } else if (name == "Type") {
    return failed(parse_transport_type(value, &transport->type));
  } else if (name == "InetAddr") {
    *listens = true;
    return failed(net::parse_listen_address(value, &transport->address));
  } else if (name == "FileName") {
    *listens = true;
    transport->address.unix_path = value;
  } else if (name == "Protocol") {
    if (value != "amps" && value != "json") return error(node, "protocol " + value + " is not available");
  } else if (name == "MessageType") {
    transport->message_type = value;
  } else if (name == "Certificate") {
    transport->certificate = value;
  } else if (name == "PrivateKey") {
    transport->private_key = value;
  } else if (name == "CAFile") {
    transport->ca_file = value;
  } else if (name == "VerifyClient") {
    // Verification follows from CAFile; this element may only agree with it.
    if (value != "true" && value != "enabled" && value != "1") {
      return error(node, "VerifyClient is " + value + "; leave CAFile out to accept every client");
    }
  } else {
    return error(node, "unknown element " + std::string(name) + " in Transport");
  }
  return {};
}

// Log lines go to whoever embeds the broker; ampsd writes them to stderr. The element is checked, so
// that a configuration that asks for a file does not lose its log without a word.
Status Reader::read_targets(const pugi::xml_node& node) const {
  for (const pugi::xml_node& target : node.children()) {
    if (std::string_view(target.name()) != "Target") {
      return error(target, "unknown element " + std::string(target.name()) + " in Logging");
    }
    for (const pugi::xml_node& member : target.children()) {
      std::string value;
      AMPS_RETURN_IF_ERROR(value_of(member, &value));
      const std::string_view name = member.name();
      if (name == "Protocol" && value != "stderr") {
        return error(member, "log protocol " + value + " is not available; use stderr");
      }
      if (name != "Protocol" && name != "Level") {
        return error(member, "unknown element " + std::string(name) + " in Target");
      }
    }
  }
  return {};
}

void append_text(pugi::xml_node parent, const char* name, const std::string& value) {
  if (!value.empty()) parent.append_child(name).text().set(value.c_str());
}

class StringWriter final : public pugi::xml_writer {
 public:
  void write(const void* data, std::size_t size) override {
    text.append(static_cast<const char*>(data), size);
  }
  std::string text;
};

std::string address_text(const net::ListenAddress& address) {
  const std::string port = std::to_string(address.port);
  if (address.host.empty()) return port;
  const bool is_v6 = address.host.find(':') != std::string::npos;
  return (is_v6 ? "[" + address.host + "]" : address.host) + ":" + port;
}

}  // namespace

Status read_configuration(std::string_view xml, const std::string& origin, const Variables& variables,
                          Configuration* out) {
  Configuration read = *out;  // Untouched by a text that fails.
  AMPS_RETURN_IF_ERROR(Reader(xml, origin, variables, &read).read());
  *out = std::move(read);
  return {};
}

std::string write_configuration(const Configuration& configuration) {
  pugi::xml_document document;
  pugi::xml_node root = document.append_child("AMPSConfig");
  append_text(root, "Name", configuration.name);
  for (int i = 0; i < AMPS_BROKER_NUMBER_COUNT; ++i) {
    const NumberElement& element = number_element(static_cast<amps_broker_number_t>(i));
    append_text(root, std::string(element.element).c_str(),
                format_number(element, configuration.number(element.number)));
  }
  pugi::xml_node transports = root.append_child("Transports");
  for (const TransportConfiguration& transport : configuration.transports) {
    pugi::xml_node node = transports.append_child("Transport");
    append_text(node, "Name", transport.name);
    append_text(node, "Type", std::string(transport_type_text(transport.type)));
    if (transport.address.is_unix()) {
      append_text(node, "FileName", transport.address.unix_path);
    } else {
      append_text(node, "InetAddr", address_text(transport.address));
    }
    append_text(node, "Protocol", "amps");
    append_text(node, "MessageType", transport.message_type);
    append_text(node, "Certificate", transport.certificate);
    append_text(node, "PrivateKey", transport.private_key);
    append_text(node, "CAFile", transport.ca_file);
  }
  write_sow(configuration.sow, &root);
  StringWriter writer;
  document.save(writer, "  ", pugi::format_indent | pugi::format_no_declaration);
  return writer.text;
}

const char* sample_configuration() noexcept {
  return R"(<AMPSConfig>
  <!-- Appears in statistics and logs. -->
  <Name>sample</Name>

  <!-- Bytes waiting for all clients; the one with most is disconnected when there are more. -->
  <MessageMemoryLimit>1GB</MessageMemoryLimit>
  <!-- Bytes waiting for one client: a size, or a share of the limit above. -->
  <ClientMaxCapacity>25%</ClientMaxCapacity>
  <!-- How long a byte may wait for a client that does not read; 0: as long as there is room. -->
  <ClientMessageAgeLimit>0</ClientMessageAgeLimit>
  <!-- Topics of subscriptions may be regular expressions. -->
  <RegexTopicSupport>true</RegexTopicSupport>

  <Transports>
    <!-- Any message type, on loopback only: addresses beyond need authentication, or AllowAnonymous. -->
    <Transport>
      <Name>any-tcp</Name>
      <Type>tcp</Type>
      <InetAddr>127.0.0.1:9007</InetAddr>
      <Protocol>amps</Protocol>
    </Transport>
    <!-- With TLS:
    <Transport>
      <Name>json-tcps</Name>
      <Type>tcps</Type>
      <InetAddr>127.0.0.1:9443</InetAddr>
      <MessageType>json</MessageType>
      <Certificate>${TLS}/server.pem</Certificate>
      <PrivateKey>${TLS}/server.key</PrivateKey>
    </Transport>
    -->
  </Transports>
</AMPSConfig>
)";
}

}  // namespace amps::broker
