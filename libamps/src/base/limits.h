// SPDX-License-Identifier: Apache-2.0
// Every fixed bound in one place, with its reason. Those the user may change are only defaults here.
#pragma once

#include <cstddef>
#include <cstdint>

namespace amps {

constexpr std::uint32_t kFrameSentBytesMax =
    200'000'000;  // What AMPS servers document as their largest message.
constexpr std::uint32_t kFrameReceivedBytesMax =
    268'435'456;                                   // 256 MiB; a larger prefix is a broken or hostile peer.
constexpr std::uint32_t kLogonBytesMax = 65'536;   // Read from, or inflated for, a peer nobody knows yet.
constexpr std::uint32_t kHeaderBytesMax = 65'536;  // A legal header is a few hundred bytes.
constexpr std::uint32_t kHeaderFieldCountMax = 1'024;  // Members of one header, unknown ones included.
constexpr std::uint32_t kHeaderDepthMax = 8;         // Nested values are illegal; they are skipped this deep.
constexpr std::size_t kReadBytes = 65'536;           // One read; larger gains nothing on loopback.
constexpr std::size_t kIdBytesMax = 1'024;           // cid, sub_id, query_id, client_name.
constexpr std::uint32_t kLogonRoundsMax = 3;         // Answers to `retry` before giving up.
constexpr std::size_t kQueuedMessagesMax = 100'000;  // Streams and backlogs, the smaller of this …
constexpr std::size_t kQueuedBytesMax = 64u << 20;   // … and this.
constexpr std::uint32_t kBatchSizeMax = 10'000;      // Records of one sow frame.
constexpr std::size_t kBookmarkCountMax = 10'000;    // Elements of one list that says where a replay starts.
constexpr std::size_t kBookmarksMax = 1'000'000;     // Of one subscription in a store, had and not processed.
constexpr std::uint64_t kPublishStoreBytesMax = 1u << 30;  // Two hours of 1,000 messages of 150 bytes a s.
constexpr std::uint32_t kInterruptPollMs = 50;             // A wait looks for Ctrl-C this often.

}  // namespace amps
