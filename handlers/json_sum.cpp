// SPDX-License-Identifier: Apache-2.0
// Sums one number field of JSON bodies. The scanner looks at the members of the outermost object only
// and copies nothing; bodies that are no JSON object count as missing the field.
//
// Threads: runs on the receive thread of the client; the results may be read from any thread.
#include <amps/ampsplusplus.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

extern "C" {

// What to sum and the results; a ctypes.Structure of c_char_p, c_double, c_uint64, c_uint64.
struct json_sum_state {
  const char* field;  // Name of the member, NUL-terminated, without escapes.
  double sum;
  std::uint64_t count;    // Messages that had the field as a number.
  std::uint64_t missing;  // Messages that did not.
};

}  // extern "C"

namespace {

const char* skip_space(const char* at, const char* end) {
  while (at != end && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r')) ++at;
  return at;
}

// `at` is behind an opening quote; the result is behind the closing one, or the end.
const char* skip_string(const char* at, const char* end) {
  while (at != end && *at != '"') at += *at == '\\' && end - at > 1 ? 2 : 1;
  return at == end ? end : at + 1;
}

// The value of the member: where it begins, or NULL.
const char* find_member(const char* at, const char* end, const char* name, std::size_t name_size) {
  int depth = 0;
  while (at != end) {
    const char c = *at++;
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    if (c != '"') continue;
    const char* const begin = at;
    at = skip_string(at, end);
    const std::size_t size = static_cast<std::size_t>(at - begin);
    if (depth != 1 || size != name_size + 1 || std::memcmp(begin, name, name_size) != 0) continue;
    const char* colon = skip_space(at, end);
    if (colon != end && *colon == ':') return skip_space(colon + 1, end);
  }
  return NULL;
}

// Whether the value is a number and nothing else.
bool read_number(const char* at, const char* end, double* value) {
  char text[40];  // strtod needs a NUL, and a body has none; longer numbers do not exist in practice.
  std::size_t size = 0;
  while (at != end && size + 1 < sizeof text && std::strchr("+-.0123456789eE", *at) != NULL && *at != '\0') {
    text[size++] = *at++;
  }
  text[size] = '\0';
  char* stop = text;
  *value = std::strtod(text, &stop);
  at = skip_space(at, end);
  return size != 0 && *stop == '\0' && at != end && (*at == ',' || *at == '}');
}

}  // namespace

// userdata: a json_sum_state that outlives the subscription.
extern "C" void json_sum(AMPS::Message& message, void* userdata) {
  json_sum_state* state = static_cast<json_sum_state*>(userdata);
  if (state == NULL || state->field == NULL) return;
  const AMPS::Field data = message.getData();
  const char* const end = data.data() + data.len();
  const char* value = find_member(data.data(), end, state->field, std::strlen(state->field));
  double number = 0;
  if (value == NULL || !read_number(value, end, &number)) {
    ++state->missing;
    return;
  }
  state->sum += number;
  __atomic_fetch_add(&state->count, 1, __ATOMIC_RELEASE);  // Last: who sees the count sees the sum.
}
