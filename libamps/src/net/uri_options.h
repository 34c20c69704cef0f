// SPDX-License-Identifier: Apache-2.0
// The options of a connection string: what stands after its question mark (protocol 1.4).
// Threads: any. Blocks: never.
#pragma once

#include <string_view>

#include "base/status.h"
#include "net/uri.h"

namespace amps::net {

// Sets the options of `out`, whose scheme is known. An unknown key, one of another scheme, a bad
// value and a key given twice fail with AMPS_E_TRANSPORT_OPTIONS.
Status parse_uri_options(std::string_view text, Uri* out);

}  // namespace amps::net
