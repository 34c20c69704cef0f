/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A C program that knows only the installed headers and library: it subscribes, publishes, and waits
 * for its own message. Usage: installed_program URI
 */
#include <amps.h>

#include <stdio.h>
#include <string.h>

static amps_span_t text(const char* nts) {
  amps_span_t span;
  span.ptr = nts;
  span.len = strlen(nts);
  return span;
}

static int failed(const char* what) {
  amps_span_t reason = {NULL, 0};
  amps_last_error(NULL, &reason, NULL);
  fprintf(stderr, "%s: %.*s\n", what, (int)reason.len, reason.ptr);
  return 1;
}

int main(int argc, char** argv) {
  amps_client_t* client = NULL;
  amps_stream_t* stream = NULL;
  amps_handle command = amps_message_create(NULL);
  amps_message_ref_t message = {NULL};
  amps_stream_state_t state = AMPS_STREAM_ENDED;
  int same;

  if (argc != 2 || command == NULL) return 2;
  if (amps_abi_version() != AMPS_ABI_VERSION) return 3;
  if (amps_client_new(&client, text("installed-c"), AMPS_CLIENT_KIND_PLAIN) != AMPS_E_OK)
    return failed("new");
  if (amps_client_connect(client, argv[1]) != AMPS_E_OK) return failed("connect");
  if (amps_client_logon(client, NULL, NULL, NULL, 5000, NULL) != AMPS_E_OK) return failed("logon");
  amps_message_set_field_value_nts(command, AMPS_Command, "subscribe");
  amps_message_set_field_value_nts(command, AMPS_Topic, "installed");
  if (amps_client_execute_stream(client, (amps_message_t*)command, 5000, 0, &stream) != AMPS_E_OK)
    return failed("subscribe");
  if (amps_client_publish(client, text("installed"), text("from C"), AMPS_NO_EXPIRATION, 0, NULL) !=
      AMPS_E_OK)
    return failed("publish");
  if (amps_stream_next(stream, 5000, &message, &state) != AMPS_E_OK || state != AMPS_STREAM_MESSAGE)
    return failed("next");
  same = message.body->data.len == 6 && memcmp(message.body->data.ptr, "from C", 6) == 0;
  amps_message_release(message.body);
  amps_message_destroy(command);
  amps_stream_release(stream);
  amps_client_destroy(client);
  puts(same ? "ok" : "another message came");
  return same ? 0 : 4;
}
