/* SPDX-License-Identifier: Apache-2.0 */
/* Our broker in a process of its own: prints its port, ends when its standard input closes. */
#include <amps/amps_broker.h>
#include <stdio.h>
#include <unistd.h>

static int fail(const char* what) {
  amps_span_t text;
  amps_broker_last_error(NULL, &text);
  fprintf(stderr, "%s: %.*s\n", what, (int)text.len, text.ptr);
  return 1;
}

int main(void) {
  amps_broker_t* broker = NULL;
  amps_broker_address_t address = {0};
  char byte;
  address.struct_size = sizeof address;
  if (amps_broker_new(&broker) != AMPS_E_OK) return fail("new");
  if (amps_broker_start(broker) != AMPS_E_OK) return fail("start");
  if (amps_broker_address(broker, 0, &address) != AMPS_E_OK) return fail("address");
  printf("%u\n", address.port);
  fflush(stdout);
  while (read(0, &byte, 1) > 0) {
  }
  amps_broker_free(broker);
  return 0;
}
