/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file TransportFilter.hpp
 * What Client::setTransportFilter() shows its function.
 */
#ifndef AMPS_TRANSPORTFILTER_HPP
#define AMPS_TRANSPORTFILTER_HPP

#include <string>

#include "Field.hpp"
#include "amps_client.h"
#include "detail/Callable.hpp"
#include "detail/guarded.hpp"

namespace AMPS {

/**
 * Bytes on their way over the network: before encryption, after decryption, length prefixes included,
 * in pieces of any size. Valid during the call.
 * Threads: the filter runs on the receive thread for incoming bytes and on a writing thread for
 * outgoing ones, possibly at the same time.
 */
class AMPS_TYPE TransportBytes {
 public:
  /** @param kept holds what set() is given until the next call for the same direction */
  AMPS_FN TransportBytes(amps_transport_bytes_t& bytes, std::string& kept) : bytes_(bytes), kept_(kept) {}

  AMPS_FN bool isIncoming() const { return bytes_.incoming != 0; }
  AMPS_FN Field get() const { return detail::field(bytes_.bytes); }
  /** Sends or delivers these bytes instead; none: nothing. */
  AMPS_FN void set(const std::string& bytes) {
    kept_ = bytes;
    bytes_.bytes = detail::span(kept_);
  }

 private:
  TransportBytes(const TransportBytes&);
  TransportBytes& operator=(const TransportBytes&);

  amps_transport_bytes_t& bytes_;
  std::string& kept_;
};

namespace detail {

template <class F>
struct FilterCall {
  AMPS_FN explicit FilterCall(const F& f) : function(f) {}
  AMPS_FN static amps_result run(amps_transport_bytes_t* bytes, void* box) {
    FilterCall& call = static_cast<CallableOf<FilterCall>*>(static_cast<Callable*>(box))->function;
    return guarded([&] {
      TransportBytes shown(*bytes, call.kept[bytes->incoming ? 1 : 0]);
      call.function(shown);
    });
  }

  F function;
  std::string kept[2];  // Outgoing, incoming: each belongs to the thread of its direction.
};

// What the library gets: the box's one reference, which it gives back through release.
template <class F>
AMPS_FN amps_transport_filter_t transport_filter(const F& function) {
  amps_transport_filter_t result = amps_transport_filter_t();
  result.struct_size = sizeof(result);
  result.fn = &FilterCall<F>::run;
  result.userdata = static_cast<Callable*>(new CallableOf<FilterCall<F> >(FilterCall<F>(function)));
  result.release = &release_callable;
  return result;
}

}  // namespace detail
}  // namespace AMPS

#endif  // AMPS_TRANSPORTFILTER_HPP
