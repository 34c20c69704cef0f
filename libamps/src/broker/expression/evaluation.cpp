// SPDX-License-Identifier: Apache-2.0
#include "broker/expression/evaluation.h"

namespace amps::broker {

namespace {

constexpr std::size_t kCompiledMax = 256;  // A filter whose pattern is a field could fill the memory.

}  // namespace

const Pattern* EvaluationScratch::pattern(std::string_view text) {
  const std::string key(text);
  if (const auto found = compiled_.find(key); found != compiled_.end()) return found->second.get();
  if (compiled_.size() == kCompiledMax) compiled_.clear();
  std::unique_ptr<Pattern> pattern;
  static_cast<void>(Pattern::compile(text, false, &pattern));  // Malformed: null, which callers see.
  return compiled_.emplace(key, std::move(pattern)).first->second.get();
}

}  // namespace amps::broker
