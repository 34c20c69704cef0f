/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A C program that embeds the server, and knows only the installed headers and library: it prints the
 * port it serves on, and serves until its input ends.
 */
#include <amps_broker.h>

#include <stdio.h>

int main(void) {
  amps_broker_t *broker = NULL;
  amps_broker_address_t address = {0};
  address.struct_size = sizeof address;
  if (amps_broker_new(&broker) != AMPS_E_OK || amps_broker_start(broker) != AMPS_E_OK ||
      amps_broker_address(broker, 0, &address) != AMPS_E_OK) {
    amps_span_t text = {NULL, 0};
    amps_broker_last_error(NULL, &text);
    fprintf(stderr, "%.*s\n", (int)text.len, text.ptr);
    return 1;
  }
  printf("%u\n", (unsigned)address.port);
  fflush(stdout);
  while (getchar() != EOF) {
  }
  amps_broker_free(broker);
  return 0;
}
