// Hostile close frames: what is accepted can be sent back, and text is judged the same in pieces.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "base/assert.h"
#include "fuzz/cuts.h"
#include "unit/wire/naive_reader.h"
#include "unit/wire/server_frames.h"
#include "wire/close_code.h"
#include "wire/utf8_validator.h"

using wsm::CloseCode;
using wsm::testing::as_bytes;
using wsm::testing::as_text;

namespace {

void check_text(std::span<const std::byte> text) {
  const std::string characters = as_text(text);
  const bool is_legal = wsm::testing::naive_is_utf8_prefix(characters, true);
  WSM_ASSERT(wsm::is_utf8(text) == is_legal);

  wsm::Utf8Validator validator;
  std::size_t begin = 0;
  bool is_possible = true;
  auto cuts = wsm::fuzz::cuts_of(text);
  cuts.push_back(text.size());
  for (const std::size_t cut : cuts) {
    is_possible = validator.feed(text.subspan(begin, cut - begin));
    WSM_ASSERT(is_possible == wsm::testing::naive_is_utf8_prefix(characters.substr(0, cut), false));
    begin = cut;
  }
  WSM_ASSERT((is_possible && validator.is_complete()) == is_legal);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto payload = std::as_bytes(std::span{data, size});
  const auto frame = wsm::parse_close_payload(payload);
  if (frame && size <= wsm::kControlPayloadMax) {
    const auto code = static_cast<CloseCode>(frame->code.value_or(1005));
    WSM_ASSERT(as_text(payload) == wsm::encode_close_payload(code, frame->reason));
  }
  if (!frame) {
    const CloseCode code = frame.error().code;
    WSM_ASSERT(code == CloseCode::kProtocolError || code == CloseCode::kInvalidPayload);
  }

  // Any bytes may come to us as a reason to send; what goes out is legal.
  const std::string sent = wsm::encode_close_payload(CloseCode::kNormal, as_text(payload));
  WSM_ASSERT(sent.size() <= wsm::kControlPayloadMax);
  WSM_ASSERT(wsm::parse_close_payload(as_bytes(sent)));

  check_text(payload);
  return 0;
}
