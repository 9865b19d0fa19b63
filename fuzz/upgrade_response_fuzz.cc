// Hostile answers to the upgrade: never a crash, and the same outcome for every cut.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/assert.h"
#include "fuzz/cuts.h"
#include "unit/wire/server_frames.h"
#include "wire/upgrade_response.h"

using wsm::UpgradeResponseReader;
using Progress = UpgradeResponseReader::Progress;

namespace {

UpgradeResponseReader read(std::span<const std::byte> answer, std::vector<std::size_t> cuts) {
  UpgradeResponseReader reader{"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", {"one", "two"}, wsm::DeflateOffer{}};
  cuts.push_back(answer.size());
  std::size_t begin = 0;
  for (const std::size_t cut : cuts) {
    if (reader.receive(answer.subspan(begin, cut - begin)) != Progress::kNeedsMore) break;
    begin = cut;
  }
  return reader;
}

bool is_one_line(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return ' ' <= c && c <= '~'; });
}

/// What a refusal quotes of the bytes behind the decisive one depends on how many came with it.
void check_same_refusal(const wsm::DisconnectReason& whole, const wsm::DisconnectReason& cut) {
  WSM_ASSERT(whole.http_status == cut.http_status);
  WSM_ASSERT(whole.retry_after == cut.retry_after);
  WSM_ASSERT(whole.detail.starts_with(cut.detail));
  WSM_ASSERT(!cut.detail.empty() && is_one_line(whole.detail));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto answer = std::as_bytes(std::span{data, size});
  UpgradeResponseReader whole = read(answer, {});
  UpgradeResponseReader cut = read(answer, wsm::fuzz::cuts_of(answer));

  const Progress progress = whole.receive({});
  WSM_ASSERT(cut.receive({}) == progress);
  if (progress == Progress::kRefused) check_same_refusal(whole.failure(), cut.failure());
  if (progress == Progress::kAccepted) {
    WSM_ASSERT(whole.subprotocol() == cut.subprotocol());
    const std::string rest = wsm::testing::as_text(whole.rest());
    WSM_ASSERT(rest.starts_with(wsm::testing::as_text(cut.rest())));
    WSM_ASSERT(wsm::testing::as_text(answer).ends_with(rest));
  }
  return 0;
}
