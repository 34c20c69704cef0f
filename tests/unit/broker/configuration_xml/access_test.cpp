// SPDX-License-Identifier: Apache-2.0
#include "broker/configuration_xml/access.h"

#include "xml_text.h"

using namespace amps::broker;
using namespace xml_text;

namespace {
std::string element(const std::string& name, const std::string& module, const std::string& options = {}) {
  return root("<" + name + "><Module>" + module + "</Module>" +
              (options.empty() ? "" : "<Options>" + options + "</Options>") + "</" + name + ">");
}
std::string authentication(const std::string& module, const std::string& options = {}) {
  return element("Authentication", "amps-" + module + "-authentication-module", options);
}
std::string entitlement(const std::string& module, const std::string& options = {}) {
  return element("Entitlement", "amps-" + module + "-entitlement-module", options);
}
}  // namespace

TEST_CASE("Authentication: modules and their options") {
  using Module = AuthenticationConfiguration::Module;
  const auto spoofing = good(authentication("default", "<AllowSpoofing>true</AllowSpoofing>")).authentication;
  CHECK(spoofing.module == Module::kDefault);
  CHECK(spoofing.allow_spoofing);
  CHECK(good(authentication("implicit")).authentication.module == Module::kImplicit);
  CHECK(good(authentication("default", "<RequireLogon>false</RequireLogon>")).authentication.module ==
        Module::kImplicit);
  CHECK(good(authentication("default-no")).authentication.module == Module::kRejectAll);
  const auto file = good(authentication("password-file", "<FileName>u</FileName>")).authentication;
  CHECK(file.module == Module::kPasswordFile);
  CHECK(file.file_name == "u");
}

TEST_CASE("Authentication: a module without what it needs, or with what it does not know") {
  CHECK(contains(read(authentication("ldap")), "not one of"));
  CHECK(contains(read(authentication("password-file")), "needs the option FileName"));
  CHECK(contains(read(authentication("default", "<FileName>u</FileName>")), "password file module only"));
  CHECK(contains(read(authentication("default-no", "<AllowSpoofing>1</AllowSpoofing>")),
                 "default module only"));
  CHECK(contains(read(root("<Authentication/>")), "Authentication needs Module"));
}

TEST_CASE("Entitlement: modules and their options") {
  using Module = EntitlementConfiguration::Module;
  CHECK(good(entitlement("default")).entitlement.module == Module::kAllowAll);
  CHECK(good(entitlement("default-no")).entitlement.module == Module::kDenyAll);
  CHECK(good(entitlement("rights-file", "<FileName>r</FileName>")).entitlement.file_name == "r");
  const auto simple =
      good(entitlement("simple-access",
                       "<AllowedTopics>^a</AllowedTopics><AllowedTopics>^b</AllowedTopics>"
                       "<DeniedTopics>^ab</DeniedTopics><GrantedPermissions>read</GrantedPermissions>"))
          .entitlement;
  CHECK(simple.module == Module::kSimpleAccess);
  CHECK(simple.allowed_topics.size() == 2);
  CHECK(simple.denied_topics.size() == 1);
  CHECK(simple.may_read);
  CHECK_FALSE(simple.may_write);
}

TEST_CASE("Entitlement: a module without what it needs, or with what it does not know") {
  CHECK(contains(read(entitlement("rights-file")), "needs the option FileName"));
  CHECK(contains(read(entitlement("default", "<FileName>r</FileName>")), "rights file module only"));
  CHECK(
      contains(read(entitlement("default", "<DeniedTopics>a</DeniedTopics>")), "simple access module only"));
  CHECK(contains(read(entitlement("simple-access", "<GrantedPermissions>all</GrantedPermissions>")),
                 "not read"));
}

TEST_CASE("CFG-05: dumped modules read the same") {
  check_round_trip(authentication("default", "<AllowSpoofing>true</AllowSpoofing>"));
  check_round_trip(authentication("implicit"));
  check_round_trip(authentication("password-file", "<FileName>u</FileName>"));
  check_round_trip(entitlement("rights-file", "<FileName>r</FileName>"));
  check_round_trip(entitlement("simple-access", "<GrantedPermissions>write</GrantedPermissions>"));
}
