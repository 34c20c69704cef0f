// SPDX-License-Identifier: Apache-2.0
#include "broker/format/merge.h"

namespace amps::broker {

namespace {

// Depth is bounded by that of messages.
void merge_object(const DocumentNode& delta, Document* document, DocumentNode* record) {
  for (const DocumentNode* field = delta.first; field != nullptr; field = field->next) {
    if (field->is_empty()) continue;
    DocumentNode* const known = document->find(*record, field->name);
    if (known == nullptr) {
      document->append_copy(*record, field->name, *field);
    } else if (known->kind == NodeKind::kObject && field->kind == NodeKind::kObject) {
      merge_object(*field, document, known);
    } else {
      document->assign_copy(*known, *field);
    }
  }
}

}  // namespace

void merge(const Document& delta, Document* record) {
  if (delta.root().kind == NodeKind::kObject && record->root().kind == NodeKind::kObject) {
    merge_object(delta.root(), record, &record->root());
  } else if (!delta.root().is_empty()) {
    record->assign_copy(record->root(), delta.root());
  }
}

}  // namespace amps::broker
