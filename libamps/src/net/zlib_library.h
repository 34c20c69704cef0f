// SPDX-License-Identifier: Apache-2.0
// zlib, loaded when the first compressed connection is made: nothing links it.
// Threads: any. Blocks: the first call reads the library's file.
#pragma once

#include <zlib.h>

#include "base/status.h"

namespace amps::net {

struct ZlibFunctions {
  decltype(&::deflate) deflate;
  decltype(&::deflateEnd) deflateEnd;
  decltype(&::deflateInit_) deflateInit_;
  decltype(&::inflate) inflate;
  decltype(&::inflateEnd) inflateEnd;
  decltype(&::inflateInit_) inflateInit_;
};

// The table stays valid for ever. A failure is AMPS_E_TRANSPORT_OPTIONS with the loader's text.
Status load_zlib(const ZlibFunctions** out);

}  // namespace amps::net
