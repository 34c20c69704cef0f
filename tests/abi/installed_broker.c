/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A C program that embeds the server, and knows only the installed headers and library: it prints the
 * ports it serves on, tcp and tcps, and serves until its input ends.
 * Usage: installed_broker CERTIFICATE KEY
 */
#include <amps_broker.h>

#include <stdio.h>

static int failed(void) {
  amps_span_t text = {NULL, 0};
  amps_broker_last_error(NULL, &text);
  fprintf(stderr, "%.*s\n", (int)text.len, text.ptr);
  return 1;
}

int main(int argc, char** argv) {
  amps_broker_t* broker = NULL;
  amps_broker_transport_t plain = {0}, tls = {0};
  amps_broker_address_t address = {0};
  size_t i;

  if (argc != 3) return 2;
  plain.struct_size = tls.struct_size = sizeof plain;
  plain.type = "tcp";
  tls.type = "tcps";
  tls.certificate = argv[1];
  tls.private_key = argv[2];
  if (amps_broker_new(&broker) != AMPS_E_OK || amps_broker_add_transport(broker, &plain) != AMPS_E_OK ||
      amps_broker_add_transport(broker, &tls) != AMPS_E_OK || amps_broker_start(broker) != AMPS_E_OK)
    return failed();
  address.struct_size = sizeof address;
  for (i = 0; i < amps_broker_address_count(broker); ++i) {
    if (amps_broker_address(broker, i, &address) != AMPS_E_OK) return failed();
    printf("%.*s://localhost:%u\n", (int)address.type.len, address.type.ptr, (unsigned)address.port);
  }
  fflush(stdout);
  while (getchar() != EOF) {
  }
  amps_broker_free(broker);
  return 0;
}
