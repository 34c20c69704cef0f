/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of libamps whose functions call Python objects; self is a _plugins.Part. */
#ifndef PYAMPS_PLUGIN_TABLES_H
#define PYAMPS_PLUGIN_TABLES_H

#include "amps/amps.h"

#ifdef __cplusplus
extern "C" {
#endif

extern const amps_authenticator_vt_t pyamps_authenticator_table;
extern const amps_server_chooser_vt_t pyamps_chooser_table;
extern const amps_delay_strategy_vt_t pyamps_delay_table;
extern const amps_failed_resubscribe_vt_t pyamps_resubscribe_table;

#ifdef __cplusplus
}
#endif

#endif /* PYAMPS_PLUGIN_TABLES_H */
