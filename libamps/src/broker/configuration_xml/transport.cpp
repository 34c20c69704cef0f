// SPDX-License-Identifier: Apache-2.0
#include "broker/configuration_xml/transport.h"

#include <utility>

#include "broker/configuration_xml/access.h"
#include "broker/configuration_xml/listen_address.h"

namespace amps::broker {

namespace {

using Transport = TransportConfiguration;

constexpr Word<bool> kInitialState[] = {{"enabled", true}, {"disabled", false}};

struct Type {
  static Status read(const Element& element, Transport* to) {
    std::string text;
    AMPS_RETURN_IF_ERROR(read_leaf(element, &text));
    const Status status = parse_transport_type(text, &to->type);
    return status.ok() ? status : error_at(element, status.text());
  }
  static void write(const Transport& from, std::string_view name, Element* parent) {
    parent->add(name, std::string(transport_type_text(from.type)));
  }
  static std::string kind() { return "one of tcp, tcps, amps-unix, unix"; }
};

struct UnixPath {
  static Status read(const Element& element, Transport* to) {
    return read_leaf(element, &to->address.unix_path);
  }
  static void write(const Transport& from, std::string_view name, Element* parent) {
    if (from.address.is_unix()) parent->add(name, from.address.unix_path);
  }
  static std::string kind() { return "text"; }
};

struct Protocol {
  static Status read(const Element& element, Transport*) {
    std::string text;
    AMPS_RETURN_IF_ERROR(read_leaf(element, &text));
    if (text == "amps" || text == "json") return {};
    return error_at(element, "protocol " + text + " is not available");
  }
  static void write(const Transport&, std::string_view name, Element* parent) { parent->add(name, "amps"); }
  static std::string kind() { return "one of amps, json"; }
};

// Verification follows from CAFile; this element may only agree with it.
struct VerifyClient {
  static Status read(const Element& element, Transport*) {
    std::uint64_t value = 0;
    AMPS_RETURN_IF_ERROR(read_number(element, {NumberUnit::kBoolean, 0, 1}, &value));
    if (value == 1) return {};
    return error_at(element,
                    "VerifyClient is " + element.value + "; leave CAFile out to accept every client");
  }
  static void write(const Transport&, std::string_view, Element*) {}
  static std::string kind() { return "true"; }
};

struct Authentication {
  static Status read(const Element& element, Transport* to) {
    Warnings none;
    return read_authentication(element, &to->authentication.emplace(), &none);
  }
  static void write(const Transport& from, std::string_view, Element* parent) {
    if (from.authentication) write_authentication(*from.authentication, parent);
  }
  static std::string kind() { return "elements Module, Options"; }
};

struct Entitlement {
  static Status read(const Element& element, Transport* to) {
    Warnings none;
    return read_entitlement(element, &to->entitlement.emplace(), &none);
  }
  static void write(const Transport& from, std::string_view, Element* parent) {
    if (from.entitlement) write_entitlement(*from.entitlement, parent);
  }
  static std::string kind() { return "elements Module, Options"; }
};

constexpr Member<Transport> kTransport[] = {
    one<Text<&Transport::name>>("Name", "in logs and statistics; default: made of type and message type"),
    {"Type", {}, false, &Type::read, &Type::write, &Type::kind, "of the connections"},
    one<ListenAddressElement<&Transport::address>>("InetAddr", "where it listens; a port alone: loopback"),
    {"FileName", {}, false, &UnixPath::read, &UnixPath::write, &UnixPath::kind, "of a Unix socket"},
    {"Protocol", {}, false, &Protocol::read, &Protocol::write, &Protocol::kind, "of the commands"},
    one<Text<&Transport::message_type>>("MessageType", "of its clients; default: as they declare"),
    one<Choice<&Transport::is_enabled, kInitialState>>("InitialState", "whether it listens from the start"),
    one<Text<&Transport::certificate>>("Certificate", "PEM file with the chain; makes it a TLS transport"),
    one<Text<&Transport::private_key>>("PrivateKey", "PEM file"),
    one<Text<&Transport::ca_file>>("CAFile", "PEM file: clients show a certificate of this authority"),
    {"VerifyClient",
     {},
     false,
     &VerifyClient::read,
     &VerifyClient::write,
     &VerifyClient::kind,
     "goes with CAFile"},
    {"Authentication",
     {},
     false,
     &Authentication::read,
     &Authentication::write,
     &Authentication::kind,
     "of this transport; default: that of the instance"},
    {"Entitlement",
     {},
     false,
     &Entitlement::read,
     &Entitlement::write,
     &Entitlement::kind,
     "of this transport; default: that of the instance"},
    unavailable<Transport>("CAPath"),
    unavailable<Transport>("Ciphers"),
    unavailable<Transport>("SecureSocketProtocols"),
    unavailable<Transport>("FileMask"),
    unavailable<Transport>("TransportFilter"),
    unavailable<Transport>("PerMessageDeflate"),
    unavailable<Transport>("HTTPHeader"),
    unavailable<Transport>("MessageMemoryLimit"),
    unavailable<Transport>("MessageDiskLimit"),
    unavailable<Transport>("MessageDiskPath"),
    unavailable<Transport>("ClientMessageAgeLimit"),
    unavailable<Transport>("ClientMaxCapacity"),
};

}  // namespace

Status read_transports(const Element& element, Configuration* out, Warnings* warnings) {
  for (const Element& child : element.children) {
    if (child.name != "Transport") return unknown_element(child, element);
    Transport transport;
    AMPS_RETURN_IF_ERROR(read_members(child, kTransport, &transport, warnings));
    if (child.find("InetAddr") == nullptr && child.find("FileName") == nullptr) {
      return error_at(child, "Transport needs InetAddr, or FileName for a Unix socket");
    }
    transport.place = place_of(child);
    const Status status = out->add_transport(std::move(transport));
    if (!status.ok()) return error_at(child, status.text());
  }
  return {};
}

void write_transports(const std::vector<Transport>& transports, Element* root) {
  Element& element = root->add("Transports");
  for (const Transport& transport : transports) {
    write_members(transport, kTransport, &element.add("Transport"));
  }
}

void describe_transports(std::vector<MemberDescription>* out) {
  describe_members("Transports/Transport", kTransport, out);
}

}  // namespace amps::broker
