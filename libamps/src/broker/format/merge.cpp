// SPDX-License-Identifier: Apache-2.0
#include "broker/format/merge.h"

namespace amps::broker {

namespace {

// Depth is bounded by that of messages.
void merge_object(const DocumentNode& delta, bool with_empty, Document* document, DocumentNode* record) {
  for (const DocumentNode* field = delta.first; field != nullptr; field = field->next) {
    if (field->is_empty() && !with_empty) continue;
    DocumentNode* const known = document->find(*record, field->name);
    if (known == nullptr) {
      document->append_copy(*record, field->name, *field);
    } else if (known->kind == NodeKind::kObject && field->kind == NodeKind::kObject) {
      merge_object(*field, with_empty, document, known);
    } else {
      document->assign_copy(*known, *field);
    }
  }
}

void merge_roots(const Document& delta, bool with_empty, Document* record) {
  if (delta.root().kind == NodeKind::kObject && record->root().kind == NodeKind::kObject) {
    merge_object(delta.root(), with_empty, record, &record->root());
  } else if (with_empty || !delta.root().is_empty()) {
    record->assign_copy(record->root(), delta.root());
  }
}

}  // namespace

void merge(const Document& delta, Document* record) {
  merge_roots(delta, false, record);
}

void overlay(const Document& difference, Document* record) {
  merge_roots(difference, true, record);
}

}  // namespace amps::broker
