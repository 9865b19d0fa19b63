#include "core/join/overlays.h"

#include <algorithm>
#include <utility>

namespace wsm {
namespace {

using Identities = std::vector<Identity>;

/// How much of the beginning of `pattern` stands at each place of `text`.
std::vector<std::size_t> count_matches(const Identities& pattern, const Identities& text) {
  Identities both = pattern;
  both.insert(both.end(), text.begin(), text.end());
  std::vector<std::size_t> matches(both.size(), 0);
  // What is known already: from `begin` to before `end` stands the beginning of it all.
  std::size_t begin = 0;
  std::size_t end = 0;
  for (std::size_t place = 1; place < both.size(); ++place) {
    std::size_t& count = matches[place];
    if (place < end) count = std::min(end - place, matches[place - begin]);
    while (place + count < both.size() && both[count] == both[place + count]) ++count;
    if (place + count > end) {
      begin = place;
      end = place + count;
    }
  }
  matches.erase(matches.begin(), matches.begin() + static_cast<std::ptrdiff_t>(pattern.size()));
  for (std::size_t& count : matches) count = std::min(count, pattern.size());
  return matches;
}

}  // namespace

std::vector<Overlay> find_overlays(const IdentityRing& stream, const std::deque<Identity>& copy) {
  const Identities copy_backwards(copy.rbegin(), copy.rend());
  Identities stream_backwards;
  stream_backwards.reserve(stream.end() - stream.begin());
  for (std::uint64_t place = stream.end(); place > stream.begin(); --place) {
    stream_backwards.push_back(stream.at(place - 1));
  }
  std::vector<Overlay> overlays;
  const auto beyond = count_matches(stream_backwards, copy_backwards);
  for (std::size_t i = 0; i < beyond.size(); ++i) {
    const std::size_t last = copy.size() - i;
    if (beyond[i] > 0) overlays.push_back({stream.end() - beyond[i], last - beyond[i], last});
  }
  const auto within = count_matches(copy_backwards, stream_backwards);
  for (std::size_t i = 1; i < within.size(); ++i) {  // At the very end it is in both.
    const std::size_t count = within[i];
    if (count > 0) overlays.push_back({stream.end() - i - count, copy.size() - count, copy.size()});
  }
  return overlays;
}

}  // namespace wsm
