// SPDX-License-Identifier: Apache-2.0
#include "broker/security/password_file.h"

#include <doctest/doctest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "support/test_broker.h"

using namespace amps::broker;

namespace {

// The words behind these lines are "right" and "other".
const std::string kAnn =
    "ann:pbkdf2-sha256$1000$73616c74$43ff4abeeb3daff679a510ff57d781157df5bf92e14a4406d90e38783400a6b9\n";
const std::string kBob =
    "bob:x:pbkdf2-sha256$1000$00ff$b4465f805d8ac052cc76953ea90531641c579679689c1f8e54da3e43e9e2c4ca\n";

class PasswordFileOnDisk {
 public:
  explicit PasswordFileOnDisk(const std::string& text) { write(text); }
  ~PasswordFileOnDisk() { std::filesystem::remove(path); }
  void write(const std::string& text) { std::ofstream(path, std::ios::trunc) << text; }

  const std::string path =
      (std::filesystem::temp_directory_path() / ("amps-passwords-" + std::to_string(::getpid()))).string();
};

LogonDecision decide(Authenticator* file, const std::string& user, const std::string& password) {
  LogonRequest request;
  request.user = user;
  request.password = password;
  return file->decide(request).decision;
}

std::string why(const std::string& text) {
  PasswordEntries entries;
  const amps::Status status = parse_passwords(text, "file", &entries);
  return status.ok() ? "" : std::string(status.text());
}

}  // namespace

TEST_CASE("SEC-06 the password of the file lets its user in, and nobody else") {
  PasswordFileOnDisk disk("# users\n\n" + kAnn + kBob);
  std::shared_ptr<Authenticator> file;
  REQUIRE(PasswordFile::open(&amps::system_file_io(), disk.path, &file).ok());
  CHECK(decide(file.get(), "ann", "right") == LogonDecision::kAccept);
  CHECK(decide(file.get(), "bob:x", "other") == LogonDecision::kAccept);
  CHECK(decide(file.get(), "ann", "other") == LogonDecision::kRefuse);
  CHECK(decide(file.get(), "ann", "") == LogonDecision::kRefuse);
  CHECK(decide(file.get(), "", "") == LogonDecision::kRefuse);
  CHECK(decide(file.get(), "carl", "right") == LogonDecision::kRefuse);
}

TEST_CASE("REL-17 a changed file counts for the next logon; a damaged, empty or missing one lets nobody in") {
  PasswordFileOnDisk disk(kAnn);
  std::shared_ptr<Authenticator> file;
  REQUIRE(PasswordFile::open(&amps::system_file_io(), disk.path, &file).ok());
  CHECK(decide(file.get(), "ann", "right") == LogonDecision::kAccept);
  disk.write(kBob);
  CHECK(decide(file.get(), "ann", "right") == LogonDecision::kRefuse);
  CHECK(decide(file.get(), "bob:x", "other") == LogonDecision::kAccept);
  disk.write(kBob + "carl:plain\n");
  CHECK(decide(file.get(), "bob:x", "other") == LogonDecision::kRefuse);
  disk.write("");
  CHECK(decide(file.get(), "bob:x", "other") == LogonDecision::kRefuse);
  std::filesystem::remove(disk.path);
  CHECK(decide(file.get(), "bob:x", "other") == LogonDecision::kRefuse);
}

TEST_CASE("SEC-06 what is wrong with a line is said, with its number") {
  CHECK(why(kAnn + kAnn) == "file:2: the user has a line already");
  for (const std::string line :
       {"ann", "ann:", "ann:secret", ":pbkdf2-sha256$1$00$00", "a:pbkdf2-sha256$0$00$00", "a:md5$1$00$00",
        "a:pbkdf2-sha256$99999999999$00$00", "a:pbkdf2-sha256$1$0$00", "a:pbkdf2-sha256$1$zz$00"}) {
    CAPTURE(line);
    CHECK(why("# first\n" + line) == "file:2: not a line name:pbkdf2-sha256$iterations$salt$hash");
  }
}

TEST_CASE("SEC-06 clients log on with the password of the file, and a bad file stops the start") {
  PasswordFileOnDisk disk(kAnn);
  raw::TestBroker broker;
  broker.configuration.authentication.module = AuthenticationConfiguration::Module::kPasswordFile;
  broker.configuration.authentication.file_name = disk.path;
  broker.start();
  const auto logon = [&](const std::string& password) {
    raw::Client client(broker.port());
    client.send_frame(
        "{\"c\":\"logon\",\"cid\":\"L\",\"a\":\"processed\",\"mt\":\"json\",\"user_id\":\"ann\",\"pw\":\"" +
        password + "\"}");
    const raw::Frame ack = client.ack("L");
    return ack.get("status") + ack.get("reason");
  };
  CHECK(logon("right") == "success");
  CHECK(logon("wrong") == "failureauth failure");
  CHECK_FALSE(broker.log.contains("right"));
  broker.broker->stop();
  disk.write("nonsense");
  CHECK_FALSE(broker.broker->start().ok());
}
