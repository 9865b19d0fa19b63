#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace wsm {

/// Masking keys that nobody can foretell and of which none comes twice.
///
/// A masking key has to come from a strong source, and what was sent must not tell the next one
/// (RFC 6455, sections 5.3 and 10.3). Keys that were drawn one by one would do, but of 100,000 keys
/// of 32 bits two would be equal more often than not. So a counter goes through a block cipher with
/// blocks of 32 bits, keyed with random bytes: a permutation, by which different numbers give
/// different keys.
///
/// The cipher is Speck32 (Beaulieu and others, "The Simon and Speck families of lightweight block
/// ciphers", 2013), with round keys that are all random instead of being made of 64 bits.
/// Cost: some nanoseconds a key, for several go through the rounds side by side; no allocation.
class MaskKeys {
 public:
  static constexpr std::size_t kRounds = 22;

  /// Has to be unpredictable, and no other's.
  struct Seed {
    std::array<std::uint16_t, kRounds> round_keys;
    std::uint32_t first;  ///< Where the counter starts.
  };

  explicit MaskKeys(const Seed& seed) : round_keys_(seed.round_keys), counter_(seed.first) {}

  /// The next key. Not when is_spent().
  [[nodiscard]] std::uint32_t next();

  /// All 2^32 keys have been given; what came next would be the first again.
  [[nodiscard]] bool is_spent() const { return left_ == 0; }

 private:
  static constexpr std::size_t kLanes = 32;

  void refill();

  const std::array<std::uint16_t, kRounds> round_keys_;
  std::uint32_t counter_;
  std::uint64_t left_ = std::uint64_t{1} << 32U;
  std::array<std::uint32_t, kLanes> ready_{};
  std::size_t taken_ = kLanes;  // Of ready_.
};

}  // namespace wsm
