// SPDX-License-Identifier: Apache-2.0
#include "broker/security/rights_source.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

using namespace amps::broker;
using Module = EntitlementConfiguration::Module;

namespace {

struct Source {
  EntitlementConfiguration configuration;
  std::shared_ptr<RightsSource> source;

  explicit Source(Module module) { configuration.module = module; }
  amps::Status open() { return open_rights_source(configuration, &amps::system_file_io(), &source); }
  amps::Status fetch(const std::string& user, std::shared_ptr<const Rights>* out) {
    return source->fetch({user, "client"}, {find_message_format("json"), nullptr, "user " + user}, out);
  }
  std::shared_ptr<const Rights> of(const std::string& user) {
    std::shared_ptr<const Rights> rights;
    REQUIRE(fetch(user, &rights).ok());
    return rights;
  }
};

struct File {
  explicit File(const std::string& text) { write(text); }
  ~File() { std::filesystem::remove(path); }
  void write(const std::string& text) { std::ofstream(path, std::ios::trunc) << text; }
  const std::string path =
      (std::filesystem::temp_directory_path() / ("amps-rights-" + std::to_string(::getpid()))).string();
};

const std::string kUsers =
    "{\"users\":[{\"logon\":true,\"topic\":[{\"topic\":\"public\",\"read\":true}]},"
    "{\"user_name\":\"ann\",\"logon\":true,\"topic\":[{\"topic\":\"orders\",\"write\":true}]},"
    "{\"user_name\":\"bob\",\"logon\":false}]}";

}  // namespace

TEST_CASE("SEC-01 SEC-08 modules that allow or deny everything") {
  Source all(Module::kAllowAll), none(Module::kDenyAll);
  REQUIRE(all.open().ok());
  CHECK((all.source == nullptr));
  REQUIRE(none.open().ok());
  CHECK(none.source->is_immediate());
  CHECK_FALSE(none.of("ann")->may_log_on);
}

TEST_CASE("SEC-16 simple access: denied topics, then allowed ones, for everybody") {
  Source simple(Module::kSimpleAccess);
  simple.configuration.denied_topics = {"^secret"};
  simple.configuration.may_write = false;
  SUBCASE("named") {
    simple.configuration.allowed_topics = {"^orders$", "s"};
    REQUIRE(simple.open().ok());
    const auto rights = simple.of("ann");
    CHECK(rights->may_log_on);
    CHECK(rights->read("orders").is_given);
    CHECK_FALSE(rights->write("orders").is_given);
    CHECK(rights->read("states").is_given);
    CHECK_FALSE(rights->read("secrets").is_given);
    CHECK_FALSE(rights->read("a").is_given);
  }
  SUBCASE("all") {
    REQUIRE(simple.open().ok());
    CHECK(simple.of("")->read("a").is_given);
    CHECK_FALSE(simple.of("")->read("secrets").is_given);
  }
  SUBCASE("a pattern that is none stops the start") {
    simple.configuration.allowed_topics = {"("};
    CHECK_FALSE(simple.open().ok());
  }
}

TEST_CASE("SEC-18 a rights file has a document for each user, and one for the others") {
  File file(kUsers);
  Source source(Module::kRightsFile);
  source.configuration.file_name = file.path;
  REQUIRE(source.open().ok());
  CHECK(source.of("ann")->write("orders").is_given);
  CHECK_FALSE(source.of("ann")->read("public").is_given);
  CHECK_FALSE(source.of("bob")->may_log_on);
  CHECK(source.of("carl")->read("public").is_given);
  CHECK(source.of("")->read("public").is_given);
  file.write("{\"users\":[{\"user_name\":\"ann\",\"logon\":true}]}");
  CHECK(source.of("ann")->may_log_on);
  CHECK_FALSE(source.of("carl")->may_log_on);
}

TEST_CASE("REL-17 an empty, damaged or missing rights file allows nothing and stops the start") {
  File file(kUsers);
  Source source(Module::kRightsFile);
  source.configuration.file_name = file.path;
  REQUIRE(source.open().ok());
  std::shared_ptr<const Rights> rights;
  for (const std::string text : {"", "{", "[]", "{\"users\":{}}", "{\"users\":[1]}", "{\"users\":[],\"x\":1}",
                                 "{\"users\":[{\"user_name\":1,\"logon\":true}]}"}) {
    CAPTURE(text);
    file.write(text);
    CHECK_FALSE(source.fetch("ann", &rights).ok());
    CHECK_FALSE(source.open().ok());
  }
  std::filesystem::remove(file.path);
  CHECK_FALSE(source.fetch("ann", &rights).ok());
  CHECK((rights == nullptr));
}
