/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file NamedCommands.hpp
 * The methods of Client that are named after a command. Each builds a Command and executes it.
 *
 * With a handler first, a method returns the subscription or query id as soon as the server has
 * processed the command; without, it returns a stream of the messages. Timeouts are in ms.
 */
#ifndef AMPS_DETAIL_NAMEDCOMMANDS_HPP
#define AMPS_DETAIL_NAMEDCOMMANDS_HPP

#include <string>

#include "../Bookmark.hpp"
#include "../Command.hpp"
#include "../MessageHandler.hpp"
#include "../MessageStream.hpp"
#include "ClientCallbacks.hpp"
#include "attributes.hpp"

namespace AMPS {
namespace detail {

// Every parameter a named command may have. Empty text and a top N below 0 set nothing.
class CommandBuilder {
 public:
  AMPS_FN CommandBuilder(Message::Command::Type type, const std::string& topic, long timeout)
      : command_(type) {
    if (!topic.empty()) command_.setTopic(topic);
    command_.setTimeout(milliseconds(timeout));
  }
#define AMPS_BUILDER_TEXT(name, setter)                    \
  AMPS_FN CommandBuilder& name(const std::string& value) { \
    if (!value.empty()) command_.setter(value);            \
    return *this;                                          \
  }
  AMPS_BUILDER_TEXT(bookmark, setBookmark)
  AMPS_BUILDER_TEXT(data, setData)
  AMPS_BUILDER_TEXT(filter, setFilter)
  AMPS_BUILDER_TEXT(options, setOptions)
  AMPS_BUILDER_TEXT(order_by, setOrderBy)
  AMPS_BUILDER_TEXT(sow_keys, setSowKeys)
  AMPS_BUILDER_TEXT(sub_id, setSubId)
#undef AMPS_BUILDER_TEXT
  AMPS_FN CommandBuilder& limits(int batch_size, int top_n) {
    if (batch_size > 0) command_.setBatchSize(static_cast<unsigned>(batch_size));
    if (top_n >= 0) command_.setTopN(static_cast<unsigned>(top_n));
    return *this;
  }
  AMPS_FN CommandBuilder& ack_types(unsigned types) {
    command_.setAckType(types);
    return *this;
  }
  AMPS_FN operator const Command&() const {
    return command_;
  }

 private:
  Command command_;
};

/** Base of Client without data of its own. */
template <class Self>
class AMPS_TYPE NamedCommands {
 public:
  // ---- subscribe, deltaSubscribe, bookmarkSubscribe

  AMPS_FN std::string subscribe(const MessageHandler& handler, const std::string& topic,
                                long timeout = AMPS_DEFAULT_COMMAND_TIMEOUT, const std::string& filter = "",
                                const std::string& options = "", const std::string& subId = "") {
    return start(handler, subscription(Message::Command::Subscribe, topic, timeout, filter, options, subId));
  }
  AMPS_FN MessageStream subscribe(const std::string& topic, long timeout = AMPS_DEFAULT_COMMAND_TIMEOUT,
                                  const std::string& filter = "", const std::string& options = "",
                                  const std::string& subId = "") {
    return stream(subscription(Message::Command::Subscribe, topic, timeout, filter, options, subId));
  }
  AMPS_FN std::string deltaSubscribe(const MessageHandler& handler, const std::string& topic,
                                     long timeout = AMPS_DEFAULT_COMMAND_TIMEOUT,
                                     const std::string& filter = "", const std::string& options = "",
                                     const std::string& subId = "") {
    return start(handler,
                 subscription(Message::Command::DeltaSubscribe, topic, timeout, filter, options, subId));
  }
  AMPS_FN MessageStream deltaSubscribe(const std::string& topic, long timeout = AMPS_DEFAULT_COMMAND_TIMEOUT,
                                       const std::string& filter = "", const std::string& options = "",
                                       const std::string& subId = "") {
    return stream(subscription(Message::Command::DeltaSubscribe, topic, timeout, filter, options, subId));
  }
  /** @param bookmark where the replay starts, for example AMPS_BOOKMARK_EPOCH */
  AMPS_FN std::string bookmarkSubscribe(const MessageHandler& handler, const std::string& topic, long timeout,
                                        const std::string& bookmark, const std::string& filter = "",
                                        const std::string& options = "", const std::string& subId = "") {
    return start(
        handler,
        subscription(Message::Command::Subscribe, topic, timeout, filter, options, subId).bookmark(bookmark));
  }
  AMPS_FN MessageStream bookmarkSubscribe(const std::string& topic, long timeout, const std::string& bookmark,
                                          const std::string& filter = "", const std::string& options = "",
                                          const std::string& subId = "") {
    return stream(
        subscription(Message::Command::Subscribe, topic, timeout, filter, options, subId).bookmark(bookmark));
  }

  // ---- sow, sowAndSubscribe, sowAndDeltaSubscribe

  AMPS_FN std::string sow(const MessageHandler& handler, const std::string& topic,
                          const std::string& filter = "", const std::string& orderBy = "",
                          const std::string& bookmark = "", int batchSize = AMPS_DEFAULT_BATCH_SIZE,
                          int topN = AMPS_DEFAULT_TOP_N, const std::string& options = "",
                          long timeout = AMPS_DEFAULT_COMMAND_TIMEOUT) {
    return start(handler,
                 query(Message::Command::SOW, topic, filter, orderBy, batchSize, topN, options, timeout)
                     .bookmark(bookmark));
  }
  AMPS_FN MessageStream sow(const std::string& topic, const std::string& filter = "",
                            const std::string& orderBy = "", const std::string& bookmark = "",
                            int batchSize = AMPS_DEFAULT_BATCH_SIZE, int topN = AMPS_DEFAULT_TOP_N,
                            const std::string& options = "", long timeout = AMPS_DEFAULT_COMMAND_TIMEOUT) {
    return stream(query(Message::Command::SOW, topic, filter, orderBy, batchSize, topN, options, timeout)
                      .bookmark(bookmark));
  }
  AMPS_FN std::string sow(const MessageHandler& handler, const std::string& topic, long timeout,
                          const std::string& filter = "", int batchSize = AMPS_DEFAULT_BATCH_SIZE,
                          int topN = AMPS_DEFAULT_TOP_N) {
    return start(handler, query(Message::Command::SOW, topic, filter, "", batchSize, topN, "", timeout));
  }
  AMPS_FN MessageStream sow(const std::string& topic, long timeout, const std::string& filter = "",
                            int batchSize = AMPS_DEFAULT_BATCH_SIZE, int topN = AMPS_DEFAULT_TOP_N) {
    return stream(query(Message::Command::SOW, topic, filter, "", batchSize, topN, "", timeout));
  }
  AMPS_FN std::string sowAndSubscribe(const MessageHandler& handler, const std::string& topic,
                                      const std::string& filter = "", const std::string& orderBy = "",
                                      const std::string& bookmark = "",
                                      int batchSize = AMPS_DEFAULT_BATCH_SIZE, int topN = AMPS_DEFAULT_TOP_N,
                                      const std::string& options = "",
                                      long timeout = AMPS_DEFAULT_COMMAND_TIMEOUT) {
    return start(handler, query(Message::Command::SOWAndSubscribe, topic, filter, orderBy, batchSize, topN,
                                options, timeout)
                              .bookmark(bookmark));
  }
  AMPS_FN MessageStream sowAndSubscribe(const std::string& topic, const std::string& filter = "",
                                        const std::string& orderBy = "", const std::string& bookmark = "",
                                        int batchSize = AMPS_DEFAULT_BATCH_SIZE,
                                        int topN = AMPS_DEFAULT_TOP_N, const std::string& options = "",
                                        long timeout = AMPS_DEFAULT_COMMAND_TIMEOUT) {
    return stream(
        query(Message::Command::SOWAndSubscribe, topic, filter, orderBy, batchSize, topN, options, timeout)
            .bookmark(bookmark));
  }
  AMPS_FN std::string sowAndSubscribe(const MessageHandler& handler, const std::string& topic, long timeout,
                                      const std::string& filter = "", int batchSize = AMPS_DEFAULT_BATCH_SIZE,
                                      bool oofEnabled = false, int topN = AMPS_DEFAULT_TOP_N) {
    return start(handler, query(Message::Command::SOWAndSubscribe, topic, filter, "", batchSize, topN,
                                oofEnabled ? "oof" : "", timeout));
  }
  AMPS_FN MessageStream sowAndSubscribe(const std::string& topic, long timeout,
                                        const std::string& filter = "",
                                        int batchSize = AMPS_DEFAULT_BATCH_SIZE, bool oofEnabled = false,
                                        int topN = AMPS_DEFAULT_TOP_N) {
    return stream(query(Message::Command::SOWAndSubscribe, topic, filter, "", batchSize, topN,
                        oofEnabled ? "oof" : "", timeout));
  }
  AMPS_FN std::string sowAndDeltaSubscribe(const MessageHandler& handler, const std::string& topic,
                                           const std::string& filter = "", const std::string& orderBy = "",
                                           int batchSize = AMPS_DEFAULT_BATCH_SIZE,
                                           int topN = AMPS_DEFAULT_TOP_N, const std::string& options = "",
                                           long timeout = AMPS_DEFAULT_COMMAND_TIMEOUT) {
    return start(handler, query(Message::Command::SOWAndDeltaSubscribe, topic, filter, orderBy, batchSize,
                                topN, options, timeout));
  }
  AMPS_FN MessageStream sowAndDeltaSubscribe(const std::string& topic, const std::string& filter = "",
                                             const std::string& orderBy = "",
                                             int batchSize = AMPS_DEFAULT_BATCH_SIZE,
                                             int topN = AMPS_DEFAULT_TOP_N, const std::string& options = "",
                                             long timeout = AMPS_DEFAULT_COMMAND_TIMEOUT) {
    return stream(query(Message::Command::SOWAndDeltaSubscribe, topic, filter, orderBy, batchSize, topN,
                        options, timeout));
  }

  // ---- sowDelete: by filter, by the content of a record, by keys. Without handler: waits for the stats ack

  AMPS_FN std::string sowDelete(const MessageHandler& handler, const std::string& topic,
                                const std::string& filter, long timeout) {
    return start(handler, deletion(topic, timeout).filter(filter));
  }
  AMPS_FN Message sowDelete(const std::string& topic, const std::string& filter, long timeout = 0) {
    return stats_of(deletion(topic, timeout).filter(filter));
  }
  AMPS_FN std::string sowDeleteByData(const MessageHandler& handler, const std::string& topic,
                                      const std::string& data, long timeout) {
    return start(handler, deletion(topic, timeout).data(data));
  }
  AMPS_FN Message sowDeleteByData(const std::string& topic, const std::string& data, long timeout = 0) {
    return stats_of(deletion(topic, timeout).data(data));
  }
  AMPS_FN std::string sowDeleteByKeys(const MessageHandler& handler, const std::string& topic,
                                      const std::string& keys, long timeout) {
    return start(handler, deletion(topic, timeout).sow_keys(keys));
  }
  AMPS_FN Message sowDeleteByKeys(const std::string& topic, const std::string& keys, long timeout = 0) {
    return stats_of(deletion(topic, timeout).sow_keys(keys));
  }

 private:
  AMPS_FN std::string start(const MessageHandler& handler, const Command& command) {
    return static_cast<Self*>(this)->executeAsync(command, handler);
  }
  AMPS_FN MessageStream stream(const Command& command) { return static_cast<Self*>(this)->execute(command); }
  AMPS_FN Message stats_of(const Command& command) {
    MessageStream answers = stream(command);
    answers.timeout(command.getTimeout());
    for (MessageStream::iterator answer = answers.begin(); answer != answers.end(); ++answer) {
      if (!answer->isValid()) throw TimedOutException("sow_delete got no stats ack in time");
      if (answer->getAckTypeEnum() & Message::AckType::Stats) return *answer;
    }
    throw DisconnectedException("the connection ended before the stats ack of a sow_delete");
  }
  AMPS_FN static CommandBuilder subscription(Message::Command::Type type, const std::string& topic,
                                             long timeout, const std::string& filter,
                                             const std::string& options, const std::string& sub_id) {
    return CommandBuilder(type, topic, timeout).filter(filter).options(options).sub_id(sub_id);
  }
  AMPS_FN static CommandBuilder query(Message::Command::Type type, const std::string& topic,
                                      const std::string& filter, const std::string& order_by, int batch_size,
                                      int top_n, const std::string& options, long timeout) {
    return CommandBuilder(type, topic, timeout)
        .filter(filter)
        .order_by(order_by)
        .options(options)
        .limits(batch_size, top_n);
  }
  AMPS_FN static CommandBuilder deletion(const std::string& topic, long timeout) {
    return CommandBuilder(Message::Command::SOWDelete, topic, timeout).ack_types(Message::AckType::Stats);
  }
};

}  // namespace detail
}  // namespace AMPS

#endif  // AMPS_DETAIL_NAMEDCOMMANDS_HPP
