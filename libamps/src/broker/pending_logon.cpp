// SPDX-License-Identifier: Apache-2.0
#include "broker/pending_logon.h"

#include <iterator>
#include <utility>

namespace amps::broker {

PendingLogon::PendingLogon(const Command& command, std::string client_name, TopicSpace* space)
    : client_name_(std::move(client_name)), space_(space) {
  static_assert(std::size(kKept) == std::extent_v<decltype(texts_)>);
  header_.command = command.header->command;
  for (std::size_t i = 0; i < std::size(kKept); ++i) {
    if (!command.header->has(kKept[i])) continue;
    texts_[i] = command.header->get(kKept[i]);
    header_.set(kKept[i], texts_[i]);
  }
  command_.header = &header_;
  command_.acks = command.acks;
}

}  // namespace amps::broker
