/* SPDX-License-Identifier: Apache-2.0 */
/* Our broker in a process of its own: prints its port, ends when its standard input closes.
   broker_host [JOURNAL]   with a transaction log in that directory, which takes every json message */
#include <amps/amps_broker.h>
#include <stdio.h>
#include <unistd.h>

static int fail(const char* what) {
  amps_span_t text;
  amps_broker_last_error(NULL, &text);
  fprintf(stderr, "%s: %.*s\n", what, (int)text.len, text.ptr);
  return 1;
}

static amps_result add_journal(amps_broker_t* broker, const char* directory) {
  char xml[4096];
  amps_span_t text = {xml, 0};
  const int size = snprintf(xml, sizeof xml,
                            "<AMPSConfig><TransactionLog><JournalDirectory>%s</JournalDirectory>"
                            "<Topic><Name>.*</Name><MessageType>json</MessageType></Topic>"
                            "</TransactionLog></AMPSConfig>",
                            directory);
  if (size < 0 || (size_t)size >= sizeof xml) return AMPS_E_USAGE;
  text.len = (size_t)size;
  return amps_broker_configure(broker, text, "broker_host", NULL);
}

int main(int argc, char** argv) {
  amps_broker_t* broker = NULL;
  amps_broker_address_t address = {0};
  char byte;
  address.struct_size = sizeof address;
  if (amps_broker_new(&broker) != AMPS_E_OK) return fail("new");
  if (argc > 1 && add_journal(broker, argv[1]) != AMPS_E_OK) return fail("journal");
  if (amps_broker_start(broker) != AMPS_E_OK) return fail("start");
  if (amps_broker_address(broker, 0, &address) != AMPS_E_OK) return fail("address");
  printf("%u\n", address.port);
  fflush(stdout);
  while (read(0, &byte, 1) > 0) {
  }
  amps_broker_free(broker);
  return 0;
}
