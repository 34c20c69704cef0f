// SPDX-License-Identifier: Apache-2.0
#include "net/shared_library.h"

#include <dlfcn.h>

namespace amps::net {

Status SharedLibrary::open(const std::string& name, amps_result code, SharedLibrary* out) {
  void* handle = ::dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    const char* reason = ::dlerror();
    return {code, "cannot load library '" + name + "': " + (reason == nullptr ? "no reason given" : reason)};
  }
  out->handle_ = handle;
  return {};
}

bool SharedLibrary::find_loaded(const std::string& path, SharedLibrary* out) {
  void* handle = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NOLOAD);
  if (handle == nullptr) return false;
  out->handle_ = handle;
  return true;
}

void* SharedLibrary::symbol(const char* name) const noexcept {
  return ::dlsym(handle_, name);
}

}  // namespace amps::net
