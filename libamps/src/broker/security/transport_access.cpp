// SPDX-License-Identifier: Apache-2.0
#include "broker/security/transport_access.h"

#include "broker/security/password_file.h"

namespace amps::broker {

using Module = AuthenticationConfiguration::Module;

bool TransportAccess::is_open() const noexcept {
  return authenticator == nullptr && authentication.module != Module::kRejectAll;
}

bool TransportAccess::has_implicit_logon() const noexcept {
  return authenticator == nullptr && authentication.module == Module::kImplicit;
}

std::string_view TransportAccess::refusal(std::string_view user) const noexcept {
  if (authenticator != nullptr) return {};
  if (authentication.module == Module::kRejectAll) return "nobody may log on";
  return authentication.require_username && user.empty() ? "no user name" : "";
}

std::string_view TransportAccess::identity(std::string_view user) const noexcept {
  return authenticator != nullptr || authentication.allow_spoofing ? user : std::string_view();
}

Status open_access(const Configuration& configuration, const TransportConfiguration& transport,
                   const AccessParts& parts, TransportAccess* out) {
  out->authentication = transport.authentication.value_or(configuration.authentication);
  if (!transport.authentication && parts.authenticator != nullptr) {
    out->authenticator = parts.authenticator;
  } else if (out->authentication.module == Module::kPasswordFile) {
    AMPS_RETURN_IF_ERROR(
        PasswordFile::open(parts.file_io, out->authentication.file_name, &out->authenticator));
  }
  if (!transport.entitlement && parts.rights != nullptr) {
    out->rights = parts.rights;
  } else {
    AMPS_RETURN_IF_ERROR(open_rights_source(transport.entitlement.value_or(configuration.entitlement),
                                            parts.file_io, &out->rights));
  }
  if (out->has_implicit_logon() && out->rights != nullptr && !out->rights->is_immediate()) {
    return Status(AMPS_E_USAGE,
                  "transport " + transport.name + ": an implicit logon cannot wait for the rights of a user");
  }
  return {};
}

}  // namespace amps::broker
