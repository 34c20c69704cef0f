/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file AMPSException.hpp
 * Everything the library throws. All classes derive from AMPS::AMPSException, alias AMPS::Exception,
 * which derives from std::runtime_error; only lack of memory is reported as std::bad_alloc.
 */
#ifndef AMPS_AMPSEXCEPTION_HPP
#define AMPS_AMPSEXCEPTION_HPP

#include <cstring>
#include <new>
#include <stdexcept>
#include <string>

#include "amps_client.h"
#include "detail/attributes.hpp"

namespace AMPS {

/** Base of all exceptions. what() is a readable sentence that ends with the server's reason, if any. */
class AMPS_TYPE AMPSException : public std::runtime_error {
 public:
  /**
   * @param text    what was tried, the value, the limit
   * @param code    an ::amps_result other than AMPS_E_OK
   * @param reason  the server's reason text; appended unless the text ends with it
   */
  AMPS_FN explicit AMPSException(const std::string& text, int code = AMPS_E_UNKNOWN,
                                 const std::string& reason = std::string())
      : std::runtime_error(joined(text, reason)), code_(code) {
    // Counted in what(): a text with a NUL inside is cut there.
    const size_t text_size = std::strlen(what());
    reason_at_ = reason.size() < text_size ? text_size - reason.size() : 0;
  }
  /** The ::amps_result. Codes of a newer library are kept as they are. */
  AMPS_FN int code() const { return code_; }
  /** The server's reason text; empty when the server was not involved. Lives as long as the exception. */
  AMPS_FN const char* reason() const { return what() + reason_at_; }

  /** Throws the class that belongs to a result other than AMPS_E_OK, with the text of the latest failure. */
  AMPS_FN static void throwFor(amps_handle client, amps_result result);

 private:
  AMPS_FN static std::string joined(const std::string& text, const std::string& reason) {
    const bool ends_with_reason =
        text.size() >= reason.size() && text.compare(text.size() - reason.size(), reason.size(), reason) == 0;
    if (ends_with_reason) return text;
    return text.empty() ? reason : text + ": " + reason;
  }

  size_t reason_at_;
  int code_;
};

typedef AMPSException Exception;

/** The classes below AMPSException: X(name, parent, code of an exception made by a program). */
#define AMPS_EXCEPTION_TABLE(X)                                                \
  X(ConnectionException, AMPSException, CONNECTION)                            \
  X(AlreadyConnectedException, ConnectionException, ALREADY_CONNECTED)         \
  X(AuthenticationException, ConnectionException, AUTHENTICATION)              \
  X(ConnectionRefusedException, ConnectionException, CONNECTION_REFUSED)       \
  X(DisconnectedException, ConnectionException, DISCONNECTED)                  \
  X(InvalidTransportOptionsException, ConnectionException, TRANSPORT_OPTIONS)  \
  X(InvalidURIException, ConnectionException, URI)                             \
  X(MessageTypeException, ConnectionException, MESSAGE_TYPE)                   \
  X(MessageTypeNotFoundException, ConnectionException, MESSAGE_TYPE)           \
  X(NameInUseException, ConnectionException, NAME_IN_USE)                      \
  X(ReconnectMaximumExceededException, ConnectionException, RECONNECT_MAX)     \
  X(RetryOperationException, ConnectionException, RETRY)                       \
  X(StreamException, ConnectionException, STREAM)                              \
  X(TimedOutException, ConnectionException, TIMED_OUT)                         \
  X(TransportTypeException, ConnectionException, TRANSPORT_TYPE)               \
  X(CommandException, AMPSException, COMMAND)                                  \
  X(BadFilterException, CommandException, FILTER)                              \
  X(BadRegexTopicException, CommandException, BAD_REGEX_TOPIC)                 \
  X(BadSowKeyException, CommandException, BAD_SOW_KEY)                         \
  X(CommandTypeException, CommandException, COMMAND_TYPE)                      \
  X(DuplicateLogonException, CommandException, DUPLICATE_LOGON)                \
  X(InvalidBookmarkException, CommandException, INVALID_BOOKMARK)              \
  X(InvalidOptionsException, CommandException, INVALID_OPTIONS)                \
  X(InvalidOrderByException, CommandException, INVALID_ORDERBY)                \
  X(InvalidSubIdException, CommandException, INVALID_SUBID)                    \
  X(InvalidTopicException, CommandException, INVALID_TOPIC)                    \
  X(LogonRequiredException, CommandException, LOGON_REQUIRED)                  \
  X(MissingFieldsException, CommandException, MISSING_FIELDS)                  \
  X(NotEntitledException, CommandException, NOT_ENTITLED)                      \
  X(PublishException, CommandException, PUBLISH)                               \
  X(PublishFilterException, CommandException, PUBLISH_FILTER)                  \
  X(SubidInUseException, CommandException, SUBID_IN_USE)                       \
  X(SubscriptionAlreadyExistsException, CommandException, SUBSCRIPTION_EXISTS) \
  X(StoreException, AMPSException, STORE)                                      \
  X(PublishStoreGapException, StoreException, PUBLISH_GAP)                     \
  X(MessageStreamFullException, AMPSException, STREAM_FULL)                    \
  X(UsageException, AMPSException, USAGE)                                      \
  X(UnknownException, AMPSException, UNKNOWN)

#define AMPS_X(name, parent, default_code)                                           \
  class AMPS_TYPE name : public parent {                                             \
   public:                                                                           \
    AMPS_FN explicit name(const std::string& text, int code = AMPS_E_##default_code, \
                          const std::string& reason = std::string())                 \
        : parent(text, code, reason) {}                                              \
  };
AMPS_EXCEPTION_TABLE(AMPS_X)
#undef AMPS_X

namespace detail {

// Calls visitor with an exception of the class that belongs to the code.
template <class Visitor>
AMPS_COLD void visit_exception(int code, const std::string& text, const std::string& reason,
                               const Visitor& visitor) {
  // flat: one line a result code
  switch (code) {
#define AMPS_X(number, name, exception, remedy) \
  case number:                                  \
    return visitor(exception(text, number, reason));
    AMPS_RESULT_TABLE(AMPS_X)
#undef AMPS_X
    default:  // A newer library may know more codes.
      return visitor(AMPSException(text, code, reason));
  }
}

struct Throw {
  template <class E>
  AMPS_FN void operator()(const E& exception) const {
    throw exception;
  }
};

// The text of the latest failure on this thread belongs to it only if the codes agree.
AMPS_COLD inline void raise(amps_result result) {
  if (result == AMPS_E_MEMORY) throw std::bad_alloc();
  int32_t code = AMPS_E_OK;
  amps_span_t text = {NULL, 0};
  amps_span_t reason = {NULL, 0};
  amps_last_error(&code, &text, &reason);
  if (code == result && text.len != 0) {
    visit_exception(result, std::string(text.ptr, text.len),
                    std::string(reason.ptr ? reason.ptr : "", reason.len), Throw());
  }
  visit_exception(result, "libamps failed with result " + std::to_string(static_cast<int>(result)),
                  std::string(), Throw());
}

AMPS_FN inline void check(amps_result result) {
  if (AMPS_UNLIKELY(result != AMPS_E_OK)) raise(result);
}

AMPS_COLD inline void raise_usage(const char* text) {
  throw UsageException(text);
}

AMPS_COLD inline void raise_version(uint32_t loaded) {
  throw UsageException("the loaded libamps has interface " + std::to_string(loaded >> 16) + "." +
                       std::to_string(loaded & 0xFFFFu) + ", this program was compiled for " +
                       std::to_string(AMPS_ABI_VERSION_MAJOR) + "." + std::to_string(AMPS_ABI_VERSION_MINOR));
}

// The first call in each shared library compares its headers with the loaded library.
AMPS_FN inline void require_library() {
  static const uint32_t loaded = amps_abi_version();
  // Written so that it also compiles without warning while the minor version is 0.
  const bool old_minor = (loaded & 0xFFFFu) + 1u < AMPS_ABI_VERSION_MINOR + 1u;
  if (AMPS_UNLIKELY((loaded >> 16) != AMPS_ABI_VERSION_MAJOR || old_minor)) raise_version(loaded);
}

}  // namespace detail

inline void AMPSException::throwFor(amps_handle, amps_result result) {
  detail::check(result);
}

}  // namespace AMPS

#endif  // AMPS_AMPSEXCEPTION_HPP
