/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way of messages into Python. Each receive thread keeps one Python thread state for its life,
 * takes the GIL at the first message of a block and gives it back when libamps is about to wait.
 */
#ifndef PYAMPS_GIL_H
#define PYAMPS_GIL_H

#include "amps/amps.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Functions for the tables of libamps. Threads: any, without locks. Blocks: for the GIL. */
void pyamps_on_message(amps_message_ref_t* message, void* box);
void pyamps_on_failed_write(amps_message_ref_t* message, amps_span_t reason, void* box);
void pyamps_on_exception(int32_t code, amps_span_t text, void* box);
void pyamps_on_state(int32_t state, void* box);
amps_result pyamps_on_lost(amps_client_ref_t* client, void* box);
amps_result pyamps_on_bytes(amps_transport_bytes_t* bytes, void* box);
amps_result pyamps_on_thread(void* box);
void pyamps_release_object(void* object);
int32_t pyamps_interrupted(void);

/* The hooks of amps_set_delivery_hooks(). */
void pyamps_before_wait(void);
void pyamps_thread_end(void);

/* Only signals that the thread with this ident may handle are looked at. */
void pyamps_set_main_thread(unsigned long ident);
/* From now on no message enters Python. Requires: the GIL. */
void pyamps_stop_deliveries(void);
/*
 * Disconnects clients on a thread of its own, and waits at most so long: a handler that never
 * returns must not keep the process from ending. Blocks. Call without the GIL.
 */
void pyamps_disconnect_all(amps_client_t* const* clients, size_t count, unsigned timeout_ms);

#ifdef __cplusplus
}
#endif

#endif /* PYAMPS_GIL_H */
