// SPDX-License-Identifier: Apache-2.0
// The library that a process uses is chosen once, so each case runs in a process of its own.
#include "net/openssl_library.h"

#include <dlfcn.h>
#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <string>

#include "loopback.h"

namespace amps::net {
namespace {

// The text that `body` returns, from a child process in which no OpenSSL was chosen yet.
template <typename Body>
std::string in_new_process(Body body) {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  std::fflush(nullptr);  // Or the child would print what is buffered once more.
  const pid_t child = ::fork();
  if (child == 0) {
    const std::string text = body();
    [[maybe_unused]] const ssize_t put = ::write(ends[1], text.data(), text.size());
    ::_exit(0);  // No clean-up: it belongs to the parent.
  }
  ::close(ends[1]);
  std::string text;
  char bytes[512];
  for (ssize_t got; (got = ::read(ends[0], bytes, sizeof(bytes))) > 0;) {
    text.append(bytes, static_cast<std::size_t>(got));
  }
  ::close(ends[0]);
  int status = -1;
  ::waitpid(child, &status, 0);
  CHECK(status == 0);
  return text;
}

bool contains(const std::string& text, std::string_view words) {
  const bool found = text.find(words) != std::string::npos;
  CHECK_MESSAGE(found, "wanted: ", std::string(words), " got: ", text);
  return found;
}

std::string load(const std::string& name) {
  const Status status = load_openssl(name);
  return status.ok() ? "ok" : std::to_string(status.code()) + " " + status.text();
}

}  // namespace

TEST_CASE("a library is loaded by name, and once more without failing") {
  const std::string text = in_new_process([] {
    const std::string first = load("libssl.so.3");
    return first + ", " + load("libssl.so.3");
  });
  CHECK(text == "ok, ok");
}

TEST_CASE("by itself the system's library is found and described") {
  const std::string text = in_new_process([] {
    const std::string before = openssl_description();
    const OpenSsl* ssl = nullptr;
    const Status status = use_openssl(&ssl);
    return "'" + before + "' " + (status.ok() ? openssl_description() : status.text());
  });
  contains(text, "'' OpenSSL ");
  contains(text, "libssl.so");
}

TEST_CASE("a library that the process has loaded already is used") {
  const std::string text = in_new_process([]() -> std::string {
    if (::dlopen("libssl3.so", RTLD_NOW) == nullptr)
      return "no NSS";  // A libssl that is not OpenSSL's, where there is one.
    void* loaded = ::dlopen("libssl.so.3", RTLD_NOW);
    const OpenSsl* ssl = nullptr;
    if (!use_openssl(&ssl).ok()) return "not found";
    return reinterpret_cast<void*>(ssl->SSL_new) == ::dlsym(loaded, "SSL_new") ? "same" : "other";
  });
  CHECK((text == "same" || text == "no NSS"));
}

TEST_CASE("a missing file fails with the loader's text") {
  contains(in_new_process([] { return load("/no/such/libssl.so"); }),
           "13 cannot load library '/no/such/libssl.so': /no/such/libssl.so: cannot open shared object file");
}

TEST_CASE("libraries that are no OpenSSL are refused by what they lack") {
  contains(in_new_process([] { return load("libz.so.1"); }),
           "'libz.so.1' cannot be used for TLS: it is no OpenSSL");
  contains(in_new_process([] { return load("libcrypto.so.3"); }),
           "it is OpenSSL's libcrypto; name its libssl");
}

TEST_CASE("after a refusal another library may be named") {
  CHECK(in_new_process([] {
          const std::string first = load("libz.so.1").substr(0, 2);
          return first + " " + load("libssl.so.3");
        }) == "13 ok");
}

TEST_CASE("a second copy is refused once one is in use") {
  // The same bytes at another path are another library to the loader.
  const TemporaryDirectory directory;
  void* system = ::dlopen("libssl.so.3", RTLD_LAZY);
  REQUIRE(system != nullptr);
  Dl_info info{};
  REQUIRE(::dladdr(::dlsym(system, "SSL_new"), &info) != 0);
  const std::string copy = directory.file("libssl.so.3");
  std::filesystem::copy_file(std::filesystem::canonical(info.dli_fname), copy);
  const std::string text = in_new_process([&] {
    const std::string first = load("libssl.so.3");
    return first + ", " + load(copy);
  });
  contains(text, "ok, 13 library '" + copy + "' cannot be used for TLS: 'libssl.so.3' is in use already");
}

}  // namespace amps::net
