/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of stores whose functions call Python objects; self is a _plugins.Part. */
#ifndef PYAMPS_STORE_TABLES_H
#define PYAMPS_STORE_TABLES_H

#include "amps/amps.h"

#ifdef __cplusplus
extern "C" {
#endif

extern const amps_bookmark_store_vt_t pyamps_bookmark_table;
extern const amps_publish_store_vt_t pyamps_publish_table;

#ifdef __cplusplus
}
#endif

#endif /* PYAMPS_STORE_TABLES_H */
