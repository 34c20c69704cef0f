/* SPDX-License-Identifier: Apache-2.0 */
/* Functions for the tables of libamps-broker. Threads: any of the broker. Blocks: for the GIL. */
#ifndef PYAMPS_BROKER_ENTRIES_H
#define PYAMPS_BROKER_ENTRIES_H

#include "amps/amps_broker.h"

#ifdef __cplusplus
extern "C" {
#endif

void pyamps_on_log(amps_log_level_t level, amps_span_t line, void* box);
amps_result pyamps_on_logon(amps_span_t client_name, amps_span_t user, amps_span_t password,
                            amps_span_t* challenge, void* box);
amps_result pyamps_on_rights(amps_span_t client_name, amps_span_t user, amps_span_t* document, void* box);
void pyamps_release_broker_box(void* box);

#ifdef __cplusplus
}
#endif

#endif /* PYAMPS_BROKER_ENTRIES_H */
