#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include <wsm/types.h>

namespace wsm::sim {

inline constexpr std::uint64_t kHashSeed = 0xcbf29ce484222325ULL;

/// One step of a hash over 64-bit words (the finaliser of SplitMix64 over the sum).
[[nodiscard]] constexpr std::uint64_t mix(std::uint64_t hash, std::uint64_t word) {
  std::uint64_t z = hash + word + 0x9e3779b97f4a7c15ULL;
  z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27U)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31U);
}

/// What has happened in a world: a line for each event, the hash of all of them, and the last
/// thousand for whoever has to explain a failure.
///
/// Lines are made when they are wanted; while they are not, an event costs a few words and a hash.
class Trace {
 public:
  /// One event: who (a literal), what (a literal), and up to three numbers that say which.
  struct Entry {
    Duration at{};
    std::string_view actor;
    std::string_view what;
    std::array<std::uint64_t, 3> numbers{};
  };

  /// Prints every event from now on, in fixed columns.
  void print_to(std::FILE* file) { file_ = file; }
  /// Of all entries to come.
  void set_time(Duration now) { now_ = now; }

  void note(std::string_view actor, std::string_view what, std::uint64_t a = 0, std::uint64_t b = 0,
            std::uint64_t c = 0);

  /// The same for two runs of one seed, whatever compiled them.
  [[nodiscard]] std::uint64_t hash() const { return hash_; }
  [[nodiscard]] std::uint64_t count() const { return count_; }
  /// The last entries as lines, oldest first.
  [[nodiscard]] std::string tail() const;

 private:
  static constexpr std::size_t kKept = 1000;

  std::array<Entry, kKept> last_;
  std::uint64_t count_ = 0;
  std::uint64_t hash_ = kHashSeed;
  Duration now_{};
  std::FILE* file_ = nullptr;
};

/// "+02:14:33.120".
[[nodiscard]] std::string clock_text(Duration since_beginning);
[[nodiscard]] std::string to_string(const Trace::Entry& entry);

}  // namespace wsm::sim
