// SPDX-License-Identifier: Apache-2.0
// The latest failure of each thread, as amps_last_error() and amps_callback_error() see it.
// Threads: each sees its own.
#pragma once

#include <string_view>

#include "base/status.h"

namespace amps::client {

// What the ABI's latest failing call on this thread returned.
const Status& last_failure() noexcept;
void set_last_failure(Status status) noexcept;

// Text a plug-in function left for the code it is about to return.
void set_callback_failure(amps_result code, std::string_view text);
// What an entry of one of the library's own tables returns: the text is there for the client that calls it as
// a plug-in function, and for a program that calls it itself.
amps_result entry_result(const Status& status);
// Turns the result of a plug-in function into a status, with the text it left, else `what`.
Status callback_status(amps_result code, std::string_view what);

}  // namespace amps::client
