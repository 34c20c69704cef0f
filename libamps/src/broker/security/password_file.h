// SPDX-License-Identifier: Apache-2.0
// A file of users with hashed passwords, one a line:
//   name:pbkdf2-sha256$iterations$salt$hash      salt and hash in hexadecimal; '#' begins a comment
// It is read anew for each logon, so that a change needs no restart; a damaged file lets nobody in.
// Threads: any. Blocks: reading the file and hashing.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/file_io.h"
#include "broker/security/authenticator.h"

namespace amps::broker {

struct PasswordEntry {
  std::uint32_t iterations = 0;
  std::string salt;
  std::string hash;

  bool fits(std::string_view password) const;
};

using PasswordEntries = std::map<std::string, PasswordEntry, std::less<>>;

// Fails with AMPS_E_USAGE; the text names file and line.
Status parse_passwords(std::string_view text, const std::string& origin, PasswordEntries* out);

class PasswordFile final : public Authenticator {
 public:
  // Fails when the file cannot be read or is damaged. `io` outlives the object.
  static Status open(FileIo* io, const std::string& path, std::shared_ptr<Authenticator>* out);
  LogonAnswer decide(const LogonRequest& request) override;

 private:
  PasswordFile(FileIo* io, std::string path) : io_(io), path_(std::move(path)) {}
  Status read(PasswordEntries* out) const;

  FileIo* const io_;
  const std::string path_;
};

}  // namespace amps::broker
