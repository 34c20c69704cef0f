// SPDX-License-Identifier: Apache-2.0
// amps_plugins.h: the stores the library brings, as (table, self) pairs.
#include <memory>

#include "abi/guard.h"
#include "amps/amps_plugins.h"
#include "base/limits.h"
#include "client/bookmark_store.h"
#include "client/publish_store.h"

using amps::Status;
using amps::abi::guarded;
using amps::abi::view_of;
using amps::client::BookmarkStore;
using amps::client::PublishStore;

namespace {

// Hands the caller what `made` owns. The pair is complete or not touched.
template <typename Store, typename Table>
Status hand_over(std::unique_ptr<Store> made, const Table** vt, void** self) {
  if (vt == nullptr || self == nullptr) return Status(AMPS_E_USAGE, "there is no place for the store");
  *vt = Store::table();
  *self = made.release()->self();
  return {};
}

Status path_of(amps_span_t span, std::string* path) {
  path->assign(view_of(span));
  const bool is_path = !path->empty() && path->find('\0') == std::string::npos;
  return is_path ? Status() : Status(AMPS_E_USAGE, "the path of a store is empty, or has a NUL in it");
}

std::uint64_t limit_of(std::uint64_t size_bytes_max) noexcept {
  return size_bytes_max == 0 ? amps::kPublishStoreBytesMax : size_bytes_max;
}

}  // namespace

extern "C" {

amps_result amps_memory_publish_store_new(uint64_t size_bytes_max, const amps_publish_store_vt_t** vt,
                                          void** self) {
  return guarded(
      [&] { return hand_over(std::make_unique<PublishStore>(limit_of(size_bytes_max)), vt, self); });
}

amps_result amps_file_publish_store_new(amps_span_t path, uint32_t flags, uint64_t size_bytes_max,
                                        const amps_publish_store_vt_t** vt, void** self) {
  return guarded([&]() -> Status {
    std::string name;
    AMPS_RETURN_IF_ERROR(path_of(path, &name));
    std::unique_ptr<PublishStore> store;
    AMPS_RETURN_IF_ERROR(PublishStore::open(&amps::system_file_io(), name, (flags & AMPS_STORE_SYNC) != 0,
                                            limit_of(size_bytes_max), &store));
    return hand_over(std::move(store), vt, self);
  });
}

amps_result amps_publish_store_sync(void* self) {
  return guarded([&] { return PublishStore::of(self)->sync(); });
}

amps_result amps_publish_store_close(void* self) {
  return guarded([&] { return PublishStore::of(self)->close(); });
}

amps_result amps_memory_bookmark_store_new(const amps_bookmark_store_vt_t** vt, void** self) {
  return guarded([&] { return hand_over(std::make_unique<BookmarkStore>(), vt, self); });
}

amps_result amps_file_bookmark_store_new(amps_span_t path, uint32_t flags,
                                         const amps_bookmark_store_vt_t** vt, void** self) {
  return guarded([&]() -> Status {
    std::string name;
    AMPS_RETURN_IF_ERROR(path_of(path, &name));
    std::unique_ptr<BookmarkStore> store;
    AMPS_RETURN_IF_ERROR(
        BookmarkStore::open(&amps::system_file_io(), name, (flags & AMPS_STORE_SYNC) != 0, &store));
    return hand_over(std::move(store), vt, self);
  });
}

amps_result amps_bookmark_store_sync(void* self) {
  return guarded([&] { return BookmarkStore::of(self)->sync(); });
}

amps_result amps_bookmark_store_close(void* self) {
  return guarded([&] { return BookmarkStore::of(self)->close(); });
}

amps_result amps_bookmark_store_prune(void* self) {
  return guarded([&] { return BookmarkStore::of(self)->prune(); });
}

}  // extern "C"
