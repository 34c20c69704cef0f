// SPDX-License-Identifier: Apache-2.0
#include "net/zlib_library.h"

#include "net/shared_library.h"

namespace amps::net {
namespace {

constexpr const char* kName = "libz.so.1";

struct Loaded {
  Status status;
  ZlibFunctions functions{};

  Loaded() {
    SharedLibrary library;
    status = SharedLibrary::open(kName, AMPS_E_TRANSPORT_OPTIONS, &library);
    if (!status.ok()) return;
    find(library, "deflate", &functions.deflate);
    find(library, "deflateEnd", &functions.deflateEnd);
    find(library, "deflateInit_", &functions.deflateInit_);
    find(library, "inflate", &functions.inflate);
    find(library, "inflateEnd", &functions.inflateEnd);
    find(library, "inflateInit_", &functions.inflateInit_);
  }

  template <typename Function>
  void find(const SharedLibrary& library, const char* name, Function* out) {
    *out = reinterpret_cast<Function>(library.symbol(name));
    if (*out != nullptr) return;
    status = Status(AMPS_E_TRANSPORT_OPTIONS, std::string(kName) + " is no zlib: it has no " + name);
  }
};

}  // namespace

Status load_zlib(const ZlibFunctions** out) {
  static const Loaded* const loaded = new Loaded();  // Never destroyed: threads may outlive main().
  *out = &loaded->functions;
  return loaded->status;
}

}  // namespace amps::net
