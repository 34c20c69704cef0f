/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file Authenticator.hpp
 * Provides the password of a logon.
 */
#ifndef AMPS_AUTHENTICATOR_HPP
#define AMPS_AUTHENTICATOR_HPP

#include <string>

#include "amps_plugins.h"
#include "detail/Part.hpp"
#include "detail/guarded.hpp"

namespace AMPS {

/** Throw AuthenticationException to give up. Threads: the one that logs on. */
class AMPS_TYPE Authenticator {
 public:
  virtual ~Authenticator() {}
  /** @return the password to send; user and password come from the URI */
  virtual std::string authenticate(const std::string& user, const std::string& password) = 0;
  /** The server asks again. @param password its challenge. @return the password to send */
  virtual std::string retry(const std::string& user, const std::string& password) = 0;
  /** The logon succeeded. */
  virtual void completed(const std::string& user, const std::string& password, const std::string& reason) = 0;
};

/** Sends the URI's password as it is. */
class AMPS_TYPE DefaultAuthenticator : public Authenticator {
 public:
  virtual std::string authenticate(const std::string&, const std::string& password) { return password; }
  virtual std::string retry(const std::string&, const std::string&) {
    throw AuthenticationException("the server asks for another password; set an authenticator that answers");
  }
  virtual void completed(const std::string&, const std::string&, const std::string&) {}

  AMPS_FN static Authenticator& instance() {
    static DefaultAuthenticator only;
    return only;
  }
};

namespace detail {

// An Authenticator is borrowed by the library: its caller keeps it while it may be used.
struct AuthenticatorThunks {
  AMPS_FN static amps_result authenticate(void* self, amps_span_t user, amps_span_t password,
                                          amps_span_t* token) {
    return guarded([&] { *token = park(of(self).authenticate(text(user), text(password))); });
  }
  AMPS_FN static amps_result retry(void* self, amps_span_t user, amps_span_t password, amps_span_t* token) {
    return guarded([&] { *token = park(of(self).retry(text(user), text(password))); });
  }
  AMPS_FN static amps_result completed(void* self, amps_span_t user, amps_span_t password,
                                       amps_span_t reason) {
    return guarded([&] { of(self).completed(text(user), text(password), text(reason)); });
  }
  AMPS_FN static const amps_authenticator_vt_t* table() {
    static const amps_authenticator_vt_t thunks = make();
    return &thunks;
  }

 private:
  AMPS_FN static Authenticator& of(void* self) { return *static_cast<Authenticator*>(self); }
  AMPS_FN static amps_authenticator_vt_t make() {
    amps_authenticator_vt_t thunks = amps_authenticator_vt_t();
    thunks.struct_size = sizeof(thunks);
    thunks.family = AMPS_PART_FAMILY;
    thunks.authenticate = &authenticate;
    thunks.retry = &retry;
    thunks.completed = &completed;
    return thunks;
  }
};

// An authenticator of another language, seen from C++.
class AMPS_TYPE ForwardingAuthenticator : public Authenticator {
 public:
  AMPS_FN ForwardingAuthenticator() : table_(NULL), self_(NULL) {}
  AMPS_FN void assign(const amps_authenticator_vt_t* table, void* self) {
    table_ = table;
    self_ = self;
  }
  virtual std::string authenticate(const std::string& user, const std::string& password) {
    if (!AMPS_TABLE_HAS(table_, authenticate)) return password;
    amps_span_t token = {NULL, 0};
    check(table_->authenticate(self_, span(user), span(password), &token));
    return text(token);
  }
  virtual std::string retry(const std::string& user, const std::string& password) {
    if (!AMPS_TABLE_HAS(table_, retry)) return DefaultAuthenticator::instance().retry(user, password);
    amps_span_t token = {NULL, 0};
    check(table_->retry(self_, span(user), span(password), &token));
    return text(token);
  }
  virtual void completed(const std::string& user, const std::string& password, const std::string& reason) {
    if (AMPS_TABLE_HAS(table_, completed))
      check(table_->completed(self_, span(user), span(password), span(reason)));
  }

 private:
  const amps_authenticator_vt_t* table_;
  void* self_;
};

}  // namespace detail
}  // namespace AMPS

#endif  // AMPS_AUTHENTICATOR_HPP
