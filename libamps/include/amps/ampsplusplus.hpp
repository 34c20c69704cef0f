/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file ampsplusplus.hpp
 * The C++ interface of libamps, all of it. C++11 or newer; link with -lamps.
 */
#ifndef AMPS_AMPSPLUSPLUS_HPP
#define AMPS_AMPSPLUSPLUS_HPP

#include <cstddef>
#include <cstring>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "AMPSException.hpp"
#include "Authenticator.hpp"
#include "Bookmark.hpp"
#include "BookmarkStore.hpp"
#include "Client.hpp"
#include "Command.hpp"
#include "CompositeMessageBuilder.hpp"
#include "CompositeMessageParser.hpp"
#include "ConnectionInfo.hpp"
#include "ConnectionStateListener.hpp"
#include "DefaultServerChooser.hpp"
#include "DisconnectHandler.hpp"
#include "ExceptionListener.hpp"
#include "FIXBuilder.hpp"
#include "FIXShredder.hpp"
#include "FailedResubscribeHandler.hpp"
#include "FailedWriteHandler.hpp"
#include "Field.hpp"
#include "HAClient.hpp"
#include "LoggedBookmarkStore.hpp"
#include "MMapBookmarkStore.hpp"
#include "MemoryBookmarkStore.hpp"
#include "MemoryPublishStore.hpp"
#include "MemorySubscriptionManager.hpp"
#include "Message.hpp"
#include "MessageHandler.hpp"
#include "MessageOptions.hpp"
#include "MessageStream.hpp"
#include "PublishStore.hpp"
#include "Reason.hpp"
#include "ReconnectDelayStrategy.hpp"
#include "ServerChooser.hpp"
#include "Store.hpp"
#include "SubscriptionManager.hpp"
#include "VersionInfo.hpp"
#include "amps.h"

#endif  // AMPS_AMPSPLUSPLUS_HPP
