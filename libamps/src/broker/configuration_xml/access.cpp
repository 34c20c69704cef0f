// SPDX-License-Identifier: Apache-2.0
#include "broker/configuration_xml/access.h"

namespace amps::broker {

namespace {

using Authentication = AuthenticationConfiguration;
using Entitlement = EntitlementConfiguration;

constexpr Word<Authentication::Module> kAuthenticationModules[] = {
    {"amps-default-authentication-module", Authentication::Module::kDefault},
    {"amps-implicit-authentication-module", Authentication::Module::kImplicit},
    {"amps-default-no-authentication-module", Authentication::Module::kRejectAll},
    {"amps-password-file-authentication-module", Authentication::Module::kPasswordFile},
};
constexpr Word<Entitlement::Module> kEntitlementModules[] = {
    {"amps-default-entitlement-module", Entitlement::Module::kAllowAll},
    {"amps-default-no-entitlement-module", Entitlement::Module::kDenyAll},
    {"amps-rights-file-entitlement-module", Entitlement::Module::kRightsFile},
    {"amps-simple-access-entitlement-module", Entitlement::Module::kSimpleAccess},
};

// Written only where it is not the default, because modules refuse options of others.
template <auto kMember, bool kDefault>
struct Unless {
  using Owner = OwnerOf<kMember>;
  static Status read(const Element& element, Owner* to) { return Flag<kMember>::read(element, to); }
  static void write(const Owner& from, std::string_view name, Element* parent) {
    if (from.*kMember != kDefault) Flag<kMember>::write(from, name, parent);
  }
  static std::string kind() { return Flag<kMember>::kind(); }
};

// RequireLogon=false is the implicit module under another name.
struct RequireLogon {
  static Status read(const Element& element, Authentication* to) {
    std::uint64_t value = 0;
    AMPS_RETURN_IF_ERROR(read_number(element, {NumberUnit::kBoolean, 0, 1}, &value));
    if (value == 0) to->module = Authentication::Module::kImplicit;
    return {};
  }
  static void write(const Authentication&, std::string_view, Element*) {}
  static std::string kind() { return "true or false"; }
};

// "read", "write", or both with a comma.
struct GrantedPermissions {
  static Status read(const Element& element, Entitlement* to) {
    std::string text;
    AMPS_RETURN_IF_ERROR(read_leaf(element, &text));
    to->may_read = text == "read" || text == "read,write";
    to->may_write = text == "write" || text == "read,write";
    if (to->may_read || to->may_write) return {};
    return error_at(element, "GrantedPermissions is " + text + ", not " + kind());
  }
  static void write(const Entitlement& from, std::string_view name, Element* parent) {
    if (!from.may_write) parent->add(name, "read");
    if (!from.may_read) parent->add(name, "write");
  }
  static std::string kind() { return "read, write, or read,write"; }
};

constexpr Member<Authentication> kAuthenticationOptions[] = {
    one<Unless<&Authentication::allow_spoofing, false>>(
        "AllowSpoofing", "default module: the user name that a client gives is its identity"),
    one<Unless<&Authentication::require_username, false>>("RequireUsername",
                                                          "default module: logons need a user name"),
    {"RequireLogon",
     {},
     false,
     &RequireLogon::read,
     &RequireLogon::write,
     &RequireLogon::kind,
     "default module: false is the implicit module"},
    one<Text<&Authentication::file_name>>("FileName", "password file module: the file"),
};
constexpr Member<Entitlement> kEntitlementOptions[] = {
    one<Text<&Entitlement::file_name>>("FileName", "rights file module: the file"),
    many<Texts<&Entitlement::allowed_topics>>("AllowedTopics", "simple access module: a pattern; none: all"),
    many<Texts<&Entitlement::denied_topics>>("DeniedTopics",
                                             "simple access module: a pattern; decides first"),
    {"GrantedPermissions",
     {},
     false,
     &GrantedPermissions::read,
     &GrantedPermissions::write,
     &GrantedPermissions::kind,
     "simple access module: on the allowed topics"},
};

struct AuthenticationOptions {
  static Status read(const Element& element, Authentication* to) {
    Warnings none;
    return read_members(element, kAuthenticationOptions, to, &none);
  }
  static void write(const Authentication& from, std::string_view name, Element* parent) {
    Element options;
    write_members(from, kAuthenticationOptions, &options);
    if (!options.children.empty()) parent->add(name).children = options.children;
  }
};
struct EntitlementOptions {
  static Status read(const Element& element, Entitlement* to) {
    Warnings none;
    return read_members(element, kEntitlementOptions, to, &none);
  }
  static void write(const Entitlement& from, std::string_view name, Element* parent) {
    Element options;
    write_members(from, kEntitlementOptions, &options);
    if (!options.children.empty()) parent->add(name).children = options.children;
  }
};
std::string options_kind() {
  return "elements";
}

constexpr Member<Authentication> kAuthentication[] = {
    one<Choice<&Authentication::module, kAuthenticationModules>>("Module", "who decides about logons"),
    {"Options",
     {},
     false,
     &AuthenticationOptions::read,
     &AuthenticationOptions::write,
     &options_kind,
     "of the module"},
};
constexpr Member<Entitlement> kEntitlement[] = {
    one<Choice<&Entitlement::module, kEntitlementModules>>("Module", "who decides about topics"),
    {"Options",
     {},
     false,
     &EntitlementOptions::read,
     &EntitlementOptions::write,
     &options_kind,
     "of the module"},
};

}  // namespace

Status read_authentication(const Element& element, Authentication* out, Warnings* warnings) {
  AMPS_RETURN_IF_ERROR(read_members(element, kAuthentication, out, warnings));
  using Module = Authentication::Module;
  if (element.find("Module") == nullptr) return error_at(element, "Authentication needs Module");
  if (out->module == Module::kPasswordFile && out->file_name.empty()) {
    return error_at(element, "the password file module needs the option FileName");
  }
  if (out->module != Module::kPasswordFile && !out->file_name.empty()) {
    return error_at(element, "FileName is an option of the password file module only");
  }
  const bool is_open = out->module == Module::kDefault || out->module == Module::kImplicit;
  if (!is_open && (out->allow_spoofing || out->require_username)) {
    return error_at(element, "AllowSpoofing and RequireUsername are options of the default module only");
  }
  return {};
}

Status read_entitlement(const Element& element, Entitlement* out, Warnings* warnings) {
  AMPS_RETURN_IF_ERROR(read_members(element, kEntitlement, out, warnings));
  using Module = Entitlement::Module;
  if (element.find("Module") == nullptr) return error_at(element, "Entitlement needs Module");
  if (out->module == Module::kRightsFile && out->file_name.empty()) {
    return error_at(element, "the rights file module needs the option FileName");
  }
  if (out->module != Module::kRightsFile && !out->file_name.empty()) {
    return error_at(element, "FileName is an option of the rights file module only");
  }
  const bool has_simple =
      !out->allowed_topics.empty() || !out->denied_topics.empty() || !out->may_read || !out->may_write;
  if (out->module != Module::kSimpleAccess && has_simple) {
    return error_at(element,
                    "AllowedTopics, DeniedTopics and GrantedPermissions are options of the simple "
                    "access module only");
  }
  return {};
}

void write_authentication(const Authentication& authentication, Element* parent) {
  write_members(authentication, kAuthentication, &parent->add("Authentication"));
}

void write_entitlement(const Entitlement& entitlement, Element* parent) {
  write_members(entitlement, kEntitlement, &parent->add("Entitlement"));
}

void describe_access(std::vector<MemberDescription>* out) {
  describe_members("Authentication", kAuthentication, out);
  describe_members("Authentication/Options", kAuthenticationOptions, out);
  describe_members("Entitlement", kEntitlement, out);
  describe_members("Entitlement/Options", kEntitlementOptions, out);
}

}  // namespace amps::broker
