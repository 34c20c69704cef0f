// SPDX-License-Identifier: Apache-2.0
// A sum of floats without rounding until it is asked for, so that taking a value out again leaves what
// would be there without it, and the order of values does not matter.
// Threads: one at a time. Allocates: never. Size: about half a kilobyte.
#pragma once

#include <array>
#include <cstdint>

namespace amps::broker {

__extension__ using WideInteger = __int128;
__extension__ using WideNatural = unsigned __int128;

class ExactSum {
 public:
  void add(double value) noexcept { count(value, 1); }
  void subtract(double value) noexcept { count(value, -1); }
  // A product, exactly unless it underflows.
  void add_product(double left, double right) noexcept { count_product(left, right, 1); }
  void subtract_product(double left, double right) noexcept { count_product(left, right, -1); }
  void add_integer(WideInteger value) noexcept;

  // The sum, rounded once to the nearest float. NaN when it holds a NaN or infinities of both signs.
  double value() const noexcept;

 private:
  // limbs_[i] counts 2^(32 i - 1074), which is where the smallest float stands. A limb may be negative
  // and may exceed 32 bits until carry() is called.
  static constexpr int kLimbs = 70;
  static constexpr std::uint32_t kAddsMax = 1u << 29;  // Each adds less than 2^32 to a limb.

  void count(double value, int direction) noexcept;
  void count_product(double left, double right, int direction) noexcept;
  // Adds magnitude * 2^(position - 1074), or takes it away.
  void count_bits(WideNatural magnitude, int position, bool is_negative) noexcept;
  void carry() noexcept;

  std::array<std::int64_t, kLimbs> limbs_{};
  std::uint32_t adds_ = 0;  // Since the latest carry().
  // Values that are no numbers to add, counted so that they can leave again.
  std::int64_t nan_count_ = 0;
  std::int64_t infinity_count_ = 0;
  std::int64_t negative_infinity_count_ = 0;
};

}  // namespace amps::broker
