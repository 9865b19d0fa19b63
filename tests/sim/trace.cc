#include "sim/trace.h"

#include <algorithm>

namespace wsm::sim {
namespace {

std::uint64_t mix_text(std::uint64_t hash, std::string_view text) {
  for (const char letter : text)
    hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3U;
  return hash;
}

}  // namespace

void Trace::note(std::string_view actor, std::string_view what, std::uint64_t a, std::uint64_t b,
                 std::uint64_t c) {
  const Entry entry{now_, actor, what, {a, b, c}};
  hash_ = mix(mix_text(mix_text(hash_, actor), what), static_cast<std::uint64_t>(now_.count()));
  for (const std::uint64_t number : entry.numbers) hash_ = mix(hash_, number);
  last_[count_++ % kKept] = entry;
  if (file_ != nullptr) std::fprintf(file_, "%s\n", to_string(entry).c_str());
}

std::string Trace::tail() const {
  std::string lines;
  for (std::uint64_t i = count_ - std::min<std::uint64_t>(count_, kKept); i < count_; ++i) {
    lines += to_string(last_[i % kKept]) + '\n';
  }
  return lines;
}

std::string clock_text(Duration since_beginning) {
  const auto milliseconds =
      std::chrono::duration_cast<std::chrono::milliseconds>(since_beginning).count();
  char text[48];
  std::snprintf(text, sizeof text, "+%02lld:%02lld:%02lld.%03lld",
                static_cast<long long>(milliseconds / 3'600'000),
                static_cast<long long>(milliseconds / 60'000 % 60),
                static_cast<long long>(milliseconds / 1000 % 60),
                static_cast<long long>(milliseconds % 1000));
  return text;
}

std::string to_string(const Trace::Entry& entry) {
  char text[160];
  std::snprintf(text, sizeof text, "%-14s %-8.*s %-24.*s %6llu %6llu %8llu",
                clock_text(entry.at).c_str(), static_cast<int>(entry.actor.size()),
                entry.actor.data(), static_cast<int>(entry.what.size()), entry.what.data(),
                static_cast<unsigned long long>(entry.numbers[0]),
                static_cast<unsigned long long>(entry.numbers[1]),
                static_cast<unsigned long long>(entry.numbers[2]));
  return text;
}

}  // namespace wsm::sim
