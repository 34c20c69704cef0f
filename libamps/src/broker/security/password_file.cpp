// SPDX-License-Identifier: Apache-2.0
#include "broker/security/password_file.h"

#include <charconv>
#include <vector>

#include "broker/security/pbkdf2.h"

namespace amps::broker {

namespace {

constexpr std::size_t kFileBytesMax = 4u << 20;
constexpr std::uint32_t kIterationsMax = 10'000'000;   // Several seconds; more is a slip or an attack.
constexpr std::uint32_t kUnknownIterations = 200'000;  // What an unknown user costs in an empty file.
constexpr std::string_view kScheme = "pbkdf2-sha256";

bool decode_hex(std::string_view text, std::string* out) {
  const auto digit = [](char byte) {
    if (byte >= '0' && byte <= '9') return byte - '0';
    if (byte >= 'a' && byte <= 'f') return byte - 'a' + 10;
    return byte >= 'A' && byte <= 'F' ? byte - 'A' + 10 : -1;
  };
  if (text.empty() || text.size() % 2 != 0) return false;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = digit(text[i]), low = digit(text[i + 1]);
    if (high < 0 || low < 0) return false;
    *out += static_cast<char>(high * 16 + low);
  }
  return true;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t end = 0; end != std::string_view::npos;) {
    end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end != std::string_view::npos) text.remove_prefix(end + 1);
  }
  return parts;
}

bool parse_entry(std::string_view text, PasswordEntry* out) {
  const std::vector<std::string_view> parts = split(text, '$');
  if (parts.size() != 4 || parts[0] != kScheme) return false;
  const char* const end = parts[1].data() + parts[1].size();
  const auto [stop, error] = std::from_chars(parts[1].data(), end, out->iterations);
  if (error != std::errc() || stop != end) return false;
  if (out->iterations == 0 || out->iterations > kIterationsMax) return false;
  return decode_hex(parts[2], &out->salt) && decode_hex(parts[3], &out->hash) &&
         out->hash.size() == sizeof(Sha256Digest);
}

}  // namespace

bool PasswordEntry::fits(std::string_view password) const {
  const Sha256Digest digest = pbkdf2_sha256(password, salt, iterations);
  return equal_in_constant_time({reinterpret_cast<const char*>(digest.data()), digest.size()}, hash);
}

Status parse_passwords(std::string_view text, const std::string& origin, PasswordEntries* out) {
  std::size_t number = 0;
  for (std::string_view line : split(text, '\n')) {
    ++number;
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.empty() || line.front() == '#') continue;
    const std::string where = origin + ":" + std::to_string(number) + ": ";
    // The hash has no colon; a name may.
    const std::size_t colon = line.rfind(':');
    PasswordEntry entry;
    if (colon == std::string_view::npos || colon == 0 || !parse_entry(line.substr(colon + 1), &entry)) {
      return Status(AMPS_E_USAGE, where + "not a line name:pbkdf2-sha256$iterations$salt$hash");
    }
    if (!out->emplace(std::string(line.substr(0, colon)), std::move(entry)).second) {
      return Status(AMPS_E_USAGE, where + "the user has a line already");
    }
  }
  return {};
}

Status PasswordFile::open(FileIo* io, const std::string& path, std::shared_ptr<Authenticator>* out) {
  std::shared_ptr<PasswordFile> file(new PasswordFile(io, path));
  PasswordEntries entries;
  AMPS_RETURN_IF_ERROR(file->read(&entries));
  *out = std::move(file);
  return {};
}

Status PasswordFile::read(PasswordEntries* out) const {
  std::string text;
  AMPS_RETURN_IF_ERROR(read_file(*io_, path_, kFileBytesMax, &text));
  return parse_passwords(text, path_, out);
}

LogonAnswer PasswordFile::decide(const LogonRequest& request) {
  PasswordEntries entries;
  LogonAnswer answer;
  if (const Status status = read(&entries); !status.ok()) {
    answer.detail = status.text();
    return answer;
  }
  const auto found = entries.find(request.user);
  if (found == entries.end()) {
    // As slow as for a known user, so that time does not tell who is known.
    PasswordEntry nobody;
    nobody.iterations = entries.empty() ? kUnknownIterations : entries.begin()->second.iterations;
    static_cast<void>(nobody.fits(request.password));
    answer.detail = "unknown user";
  } else if (found->second.fits(request.password)) {
    answer.decision = LogonDecision::kAccept;
  } else {
    answer.detail = "wrong password";
  }
  return answer;
}

}  // namespace amps::broker
