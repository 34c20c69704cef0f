/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file Bookmark.hpp
 * Bookmarks with a meaning of their own, and the defaults of the named commands.
 */
#ifndef AMPS_BOOKMARK_HPP
#define AMPS_BOOKMARK_HPP

/** From now on. */
#define AMPS_BOOKMARK_NOW "0|1|"
/** From the first message kept. */
#define AMPS_BOOKMARK_EPOCH "0"
/** From where the bookmark store says. */
#define AMPS_BOOKMARK_RECENT "recent"

#define AMPS_DEFAULT_BATCH_SIZE 10
#define AMPS_DEFAULT_TOP_N -1
#define AMPS_DEFAULT_COMMAND_TIMEOUT 5000

#endif  // AMPS_BOOKMARK_HPP
