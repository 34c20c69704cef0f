// SPDX-License-Identifier: Apache-2.0
// CPP-336: the layout table as C++ sees it, and the classes that share a layout with C structs.
#include "layout_table.h"

#include <amps/amps_broker.h>
#include <amps/ampsplusplus.hpp>

#include <type_traits>

#define SIZE_OF(type, size) static_assert(sizeof(type) == (size), #type " changed its size");
#define MEMBER_OF(type, member, offset, size)                                     \
  static_assert(offsetof(type, member) == (offset), #type "::" #member " moved"); \
  static_assert(sizeof(type::member) == (size), #type "::" #member " changed its size");
AMPS_LAYOUT_TABLE(SIZE_OF, MEMBER_OF)

#define ONE_POINTER(type)                                                                   \
  static_assert(std::is_standard_layout<type>::value && sizeof(type) == sizeof(void*) &&    \
                    alignof(type) == alignof(void*) && !std::is_polymorphic<type>::value && \
                    !std::has_virtual_destructor<type>::value,                              \
                #type " is not one pointer")
ONE_POINTER(AMPS::BookmarkStore);
ONE_POINTER(AMPS::Client);
ONE_POINTER(AMPS::HAClient);
ONE_POINTER(AMPS::Message);
ONE_POINTER(AMPS::MessageStream);
ONE_POINTER(AMPS::ReconnectDelayStrategy);
ONE_POINTER(AMPS::ServerChooser);
ONE_POINTER(AMPS::Store);
static_assert(sizeof(AMPS::Field) == sizeof(amps_span_t) && std::is_trivially_copyable<AMPS::Field>::value,
              "a field is a span");
static_assert(sizeof(AMPS::MessageHandler) == 3 * sizeof(void*), "a handler is three pointers");
// A handler of a program is called with what the library has, so both must be passed alike.
static_assert(std::is_same<amps_message_fn, void (*)(amps_message_ref_t*, void*)>::value,
              "type of message handlers");

// What programs derive from and the library deletes through a base.
#define INTERFACE(type) \
  static_assert(std::has_virtual_destructor<type>::value, #type " needs a virtual destructor")
INTERFACE(AMPS::Authenticator);
INTERFACE(AMPS::BookmarkStoreImpl);
INTERFACE(AMPS::ConnectionStateListener);
INTERFACE(AMPS::ExceptionListener);
INTERFACE(AMPS::FailedResubscribeHandler);
INTERFACE(AMPS::FailedWriteHandler);
INTERFACE(AMPS::ReconnectDelayStrategyImpl);
INTERFACE(AMPS::ServerChooserImpl);
INTERFACE(AMPS::StoreImpl);
INTERFACE(AMPS::SubscriptionManager);
