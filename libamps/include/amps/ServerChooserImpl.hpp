/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file ServerChooserImpl.hpp
 * The interface of server choosers, for programs that write their own.
 */
#ifndef AMPS_SERVERCHOOSERIMPL_HPP
#define AMPS_SERVERCHOOSERIMPL_HPP

#include <string>

#include "AMPSException.hpp"
#include "Authenticator.hpp"
#include "ConnectionInfo.hpp"

namespace AMPS {

/** Which server an HAClient tries next. Threads: the one that connects or reconnects, never two at a time. */
class AMPS_TYPE ServerChooserImpl {
 public:
  virtual ~ServerChooserImpl() {}
  /** The URI to try now; empty gives up. */
  virtual std::string getCurrentURI() = 0;
  /** For the current URI; must live as long as the attempt. */
  virtual Authenticator& getCurrentAuthenticator() { return DefaultAuthenticator::instance(); }
  /** The attempt failed: usually the time to move on. */
  virtual void reportFailure(const AMPSException&, const ConnectionInfo&) {}
  virtual void reportSuccess(const ConnectionInfo&) {}
  /** Why there is no URI. */
  virtual std::string getError() { return std::string(); }
  virtual void add(const std::string&) { throw UsageException("this server chooser has no list to add to"); }
  virtual void remove(const std::string&) {
    throw UsageException("this server chooser has no list to remove from");
  }
};

namespace detail {

class AMPS_TYPE ForwardingServerChooser : public ServerChooserImpl,
                                          private Foreign<amps_server_chooser_vt_t> {
 public:
  AMPS_FN ForwardingServerChooser(const amps_server_chooser_vt_t* table, void* self, bool take_over = false)
      : Foreign<amps_server_chooser_vt_t>(table, self, take_over) {}
  virtual std::string getCurrentURI() {
    amps_span_t uri = {NULL, 0};
    if (AMPS_TABLE_HAS(table(), current_uri)) check(table()->current_uri(self(), &uri));
    return text(uri);
  }
  virtual Authenticator& getCurrentAuthenticator() {
    const amps_authenticator_vt_t* authenticator = NULL;
    void* authenticator_self = NULL;
    if (AMPS_TABLE_HAS(table(), current_authenticator)) {
      check(table()->current_authenticator(self(), &authenticator, &authenticator_self));
    }
    if (!authenticator) return DefaultAuthenticator::instance();
    authenticator_.assign(authenticator, authenticator_self);
    return authenticator_;
  }
  virtual void reportFailure(const AMPSException& failure, const ConnectionInfo&) {
    if (!AMPS_TABLE_HAS(table(), report_failure)) return;
    check(table()->report_failure(self(), failure.code(), span(failure.what()), NULL));
  }
  virtual void reportSuccess(const ConnectionInfo&) {
    if (AMPS_TABLE_HAS(table(), report_success)) check(table()->report_success(self(), NULL));
  }
  virtual std::string getError() {
    amps_span_t error = {NULL, 0};
    if (AMPS_TABLE_HAS(table(), error)) check(table()->error(self(), &error));
    return text(error);
  }

 protected:
  AMPS_FN void* native() const { return self(); }

 private:
  ForwardingAuthenticator authenticator_;
};

template <>
struct Adapter<ServerChooserImpl> {
  typedef amps_server_chooser_vt_t Table;
  typedef ForwardingServerChooser Forwarder;

  AMPS_FN static const Table* table() {
    static const Table thunks = make();
    return &thunks;
  }

 private:
  struct Failure {
    ServerChooserImpl& chooser;
    const ConnectionInfo& info;
    AMPS_FN void operator()(const AMPSException& failure) const { chooser.reportFailure(failure, info); }
  };

  AMPS_FN static ServerChooserImpl& of(void* self) { return object_of<ServerChooserImpl>(self); }
  AMPS_FN static amps_result current_uri(void* self, amps_span_t* uri) {
    return guarded([&] { *uri = park(of(self).getCurrentURI()); });
  }
  AMPS_FN static amps_result current_authenticator(void* self, const amps_authenticator_vt_t** authenticator,
                                                   void** authenticator_self) {
    return guarded([&] {
      Authenticator& chosen = of(self).getCurrentAuthenticator();
      if (&chosen == &DefaultAuthenticator::instance()) return;  // The library's own does the same.
      *authenticator = AuthenticatorThunks::table();
      *authenticator_self = &chosen;
    });
  }
  AMPS_FN static amps_result report_failure(void* self, int32_t code, amps_span_t what,
                                            amps_client_t* client) {
    return guarded([&] {
      const ConnectionInfo info = connection_info(client);
      const Failure failure = {of(self), info};
      visit_exception(code, text(what), std::string(), failure);
    });
  }
  AMPS_FN static amps_result report_success(void* self, amps_client_t* client) {
    return guarded([&] { of(self).reportSuccess(connection_info(client)); });
  }
  AMPS_FN static amps_result error(void* self, amps_span_t* result) {
    return guarded([&] { *result = park(of(self).getError()); });
  }
  AMPS_FN static Table make() {
    Table thunks = table_of_parts<Table>();
    thunks.current_uri = &current_uri;
    thunks.current_authenticator = &current_authenticator;
    thunks.report_failure = &report_failure;
    thunks.report_success = &report_success;
    thunks.error = &error;
    return thunks;
  }
};

}  // namespace detail
}  // namespace AMPS

#endif  // AMPS_SERVERCHOOSERIMPL_HPP
