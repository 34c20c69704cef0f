// SPDX-License-Identifier: Apache-2.0
#include "broker/filter.h"

namespace amps::broker {

namespace {

class UnavailableFilters final : public FilterEngine {
 public:
  Status compile(std::string_view, std::string_view, std::unique_ptr<Filter>*) override {
    return Status(AMPS_E_FILTER, "content filters are not available in this version");
  }
};

}  // namespace

FilterEngine& unavailable_filters() noexcept {
  static UnavailableFilters engine;
  return engine;
}

}  // namespace amps::broker
