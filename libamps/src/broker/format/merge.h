// SPDX-License-Identifier: Apache-2.0
// Delta publish: puts a partial message into a whole one (broker 5.1).
// Threads: one at a time.
#pragma once

#include "broker/format/document.h"

namespace amps::broker {

// Fields of the delta replace those of the record, objects field by field, arrays and everything else as a
// whole; empty fields of the delta change nothing. `record` then shares texts with the delta.
void merge(const Document& delta, Document* record);
// The same for differences, in which an empty field says that the field is empty now.
void overlay(const Document& difference, Document* record);

}  // namespace amps::broker
