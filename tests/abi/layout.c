/* SPDX-License-Identifier: Apache-2.0 */
/* C-107: the layout table as C99 sees it: an array of negative size names the row that moved. */
#include "layout_table.h"

#include <amps/amps.h>
#include <amps/amps_broker.h>

#define SIZE_OF(type, size) typedef char size_of_##type[sizeof(type) == (size) ? 1 : -1];
#define MEMBER_OF(type, member, offset, size)                                           \
  typedef char place_of_##type##_##member[offsetof(type, member) == (offset) ? 1 : -1]; \
  typedef char size_of_##type##_##member[sizeof(((type*)0)->member) == (size) ? 1 : -1];
AMPS_LAYOUT_TABLE(SIZE_OF, MEMBER_OF)

int amps_layout_in_c(void);
int amps_layout_in_c(void) {
  return (int)AMPS_FIELD_COUNT;
}
