// SPDX-License-Identifier: Apache-2.0
#include "broker_entries.h"

#include "gil_entry.hpp"

// Written in _broker.pyx; each needs the GIL.
extern "C" {
void py_on_log(amps_log_level_t level, amps_span_t line, void* box);
amps_result py_on_logon(amps_span_t client_name, amps_span_t user, amps_span_t password,
                        amps_span_t* challenge, void* box);
amps_result py_on_rights(amps_span_t client_name, amps_span_t user, amps_span_t* document, void* box);
void py_release_broker_box(void* box);
}

using pyamps::Entry;

void pyamps_on_log(amps_log_level_t level, amps_span_t line, void* box) {
  Entry<&py_on_log>::call(level, line, box);
}

amps_result pyamps_on_logon(amps_span_t client_name, amps_span_t user, amps_span_t password,
                            amps_span_t* challenge, void* box) {
  return Entry<&py_on_logon>::call(client_name, user, password, challenge, box);
}

amps_result pyamps_on_rights(amps_span_t client_name, amps_span_t user, amps_span_t* document, void* box) {
  return Entry<&py_on_rights>::call(client_name, user, document, box);
}

void pyamps_release_broker_box(void* box) {
  Entry<&py_release_broker_box>::call(box);
}
