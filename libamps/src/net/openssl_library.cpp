// SPDX-License-Identifier: Apache-2.0
#include "net/openssl_library.h"

#include <link.h>

#include <cstring>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "base/sync.h"
#include "net/shared_library.h"

namespace amps::net {
namespace {

constexpr unsigned long kOldestVersion = 0x10101000L;  // 1.1.1: the first with TLS 1.3.
constexpr const char* kSystemNames[] = {"libssl.so.3", "libssl.so.1.1"};

// Without it, an atexit handler of OpenSSL frees what threads of ours still use.
constexpr std::uint64_t kNoAtExit = 0x00080000L;  // OPENSSL_INIT_NO_ATEXIT, missing in early 1.1.1 headers.

struct Loaded {
  SharedLibrary library;
  std::string name;
  OpenSsl functions{};
};

Status refuse(const std::string& name, const std::string& why) {
  return {AMPS_E_SSL, "library '" + name + "' cannot be used for TLS: " + why};
}

Status find_functions(Loaded* loaded) {
  const char* missing = nullptr;
#define AMPS_X(name)                                                                     \
  loaded->functions.name =                                                               \
      reinterpret_cast<decltype(loaded->functions.name)>(loaded->library.symbol(#name)); \
  if (loaded->functions.name == nullptr && missing == nullptr) missing = #name;
  AMPS_OPENSSL_FUNCTIONS(AMPS_X)
#undef AMPS_X
  if (missing == nullptr) return {};
  const std::string lacks = std::string("it has no ") + missing;
  if (loaded->library.symbol("SSL_library_init") != nullptr) {
    return refuse(loaded->name, "it is older than OpenSSL 1.1.1: " + lacks);
  }
  if (loaded->library.symbol("SSL_new") != nullptr) {
    return refuse(loaded->name, "it is no OpenSSL 1.1.1 or newer: " + lacks);
  }
  if (loaded->library.symbol("OpenSSL_version_num") != nullptr) {
    return refuse(loaded->name, "it is OpenSSL's libcrypto; name its libssl");
  }
  return refuse(loaded->name, "it is no OpenSSL: " + lacks);
}

// Checks before it initialises, so that a refused library is left as it was.
Status start(Loaded* loaded) {
  AMPS_RETURN_IF_ERROR(find_functions(loaded));
  const OpenSsl& ssl = loaded->functions;
  if (ssl.OpenSSL_version_num() < kOldestVersion) {
    return refuse(loaded->name, std::string("OpenSSL 1.1.1 or newer is needed, it is ") +
                                    ssl.OpenSSL_version(OPENSSL_VERSION));
  }
  if (ssl.OPENSSL_init_ssl(kNoAtExit, nullptr) != 1) return refuse(loaded->name, "its initialisation failed");
  return {};
}

Status load_named(const std::string& name, std::unique_ptr<Loaded>* out) {
  auto loaded = std::make_unique<Loaded>();
  loaded->name = name;
  AMPS_RETURN_IF_ERROR(SharedLibrary::open(name, AMPS_E_SSL, &loaded->library));
  AMPS_RETURN_IF_ERROR(start(loaded.get()));
  *out = std::move(loaded);
  return {};
}

// Wheels rename what they bring along: libssl-1a2b3c4d.so.3 is one too. NSS has a libssl3.so, which
// start() tells from OpenSSL by its functions.
int note_if_libssl(dl_phdr_info* info, std::size_t, void* paths) {
  const std::string_view path = info->dlpi_name == nullptr ? "" : info->dlpi_name;
  const std::string_view file = path.substr(path.rfind('/') + 1);
  if (file.substr(0, 6) == "libssl" && file.find(".so") != std::string_view::npos) {
    static_cast<std::vector<std::string>*>(paths)->emplace_back(path);
  }
  return 0;
}

bool find_in_process(std::unique_ptr<Loaded>* out) {
  std::vector<std::string> paths;
  dl_iterate_phdr(note_if_libssl, &paths);
  for (const std::string& path : paths) {
    auto loaded = std::make_unique<Loaded>();
    loaded->name = path;
    if (!SharedLibrary::find_loaded(path, &loaded->library) || !start(loaded.get()).ok()) continue;
    *out = std::move(loaded);
    return true;
  }
  return false;
}

Status find_anywhere(std::unique_ptr<Loaded>* out) {
  if (find_in_process(out)) return {};
  std::string reasons;
  for (const char* name : kSystemNames) {
    Status status = load_named(name, out);
    if (status.ok()) return status;
    reasons += (reasons.empty() ? "" : "; ") + status.text();
  }
  return {AMPS_E_TRANSPORT_TYPE, "no OpenSSL for TLS was found; name one with ssl_init(): " + reasons};
}

struct Choice {
  Mutex mutex{LockRank::kLibrary};
  std::unique_ptr<Loaded> loaded AMPS_GUARDED_BY(mutex);  // Once set it stays.
};

Choice& choice() {
  static Choice* const instance = new Choice();  // Never destroyed: threads may outlive main().
  return *instance;
}

}  // namespace

Status use_openssl(const OpenSsl** out) {
  Choice& chosen = choice();
  MutexLock lock(chosen.mutex);
  if (chosen.loaded == nullptr) AMPS_RETURN_IF_ERROR(find_anywhere(&chosen.loaded));
  *out = &chosen.loaded->functions;
  return {};
}

Status load_openssl(const std::string& name) {
  Choice& chosen = choice();
  MutexLock lock(chosen.mutex);
  std::unique_ptr<Loaded> loaded;
  AMPS_RETURN_IF_ERROR(load_named(name, &loaded));
  if (chosen.loaded == nullptr) {
    chosen.loaded = std::move(loaded);
    return {};
  }
  // The same functions: the library itself, or one that brings it along.
  if (chosen.loaded->functions.SSL_new == loaded->functions.SSL_new) return {};
  return refuse(name, "'" + chosen.loaded->name + "' is in use already, and a process can use only one");
}

std::string openssl_description() {
  Choice& chosen = choice();
  MutexLock lock(chosen.mutex);
  if (chosen.loaded == nullptr) return {};
  return std::string(chosen.loaded->functions.OpenSSL_version(OPENSSL_VERSION)) + " (" + chosen.loaded->name +
         ")";
}

}  // namespace amps::net
