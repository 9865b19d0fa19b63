#include "wire/close_code.h"

#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/wire/server_frames.h"
#include "wire/frame.h"

namespace wsm {
namespace {

using testing::as_bytes;
using testing::as_text;
using testing::bytes;
using ::testing::HasSubstr;
using ::testing::SizeIs;

std::string payload_of(unsigned code, std::string_view reason = "") {
  return as_text(bytes({code >> 8U, code & 0xffU})) + std::string{reason};
}

Result<CloseFrame, ProtocolError> parsed(const std::string& payload) {
  return parse_close_payload(as_bytes(payload));
}

/// Ranges written out, so that the test says what the rule is in another way than the code.
bool is_listed_as_allowed(unsigned code) {
  static const std::set<unsigned> kRegistered{1000, 1001, 1002, 1003, 1007, 1008,
                                              1009, 1010, 1011, 1012, 1013, 1014};
  return kRegistered.contains(code) || (code >= 3000 && code < 5000);
}

TEST(CloseCodeTest, AllowsRegisteredAndPrivateCodesAndNoOthers) {
  for (unsigned code = 0; code <= 65535; ++code) {
    ASSERT_EQ(is_allowed_on_the_wire(static_cast<std::uint16_t>(code)), is_listed_as_allowed(code))
        << code;
  }
}

TEST(CloseCodeTest, HasANameForEveryCode) {
  EXPECT_EQ(to_string(CloseCode::kNormal), "normal");
  EXPECT_EQ(to_string(CloseCode::kTlsHandshake), "TLS handshake failed");
  EXPECT_EQ(to_string(CloseCode{1004}), "unassigned");
  EXPECT_EQ(to_string(CloseCode{3999}), "unassigned");
  EXPECT_EQ(to_string(CloseCode{4000}), "private");
  EXPECT_EQ(to_string(CloseCode{4999}), "private");
  EXPECT_EQ(to_string(CloseCode{5000}), "unassigned");
}

TEST(ClosePayloadTest, MayBeEmpty) {
  const auto frame = parsed("");

  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->code, std::nullopt);
  EXPECT_EQ(frame->reason, "");
}

TEST(ClosePayloadTest, HasACodeAndAReason) {
  const auto frame = parsed(payload_of(1001, "bye \xe2\x82\xac"));

  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->code, 1001);
  EXPECT_EQ(frame->reason, "bye \xe2\x82\xac");
}

TEST(ClosePayloadTest, RejectsHalfACode_1002) {
  const auto frame = parsed("\x03");

  ASSERT_FALSE(frame);
  EXPECT_EQ(frame.error().code, CloseCode::kProtocolError);
}

TEST(ClosePayloadTest, AcceptsAllowedCodesAndRejectsAllOthers_1002) {
  for (unsigned code = 0; code <= 5000; ++code) {
    const auto frame = parsed(payload_of(code));
    ASSERT_EQ(frame.has_value(), is_listed_as_allowed(code)) << code;
    if (frame) {
      ASSERT_EQ(frame->code, code);
    } else {
      ASSERT_EQ(frame.error().code, CloseCode::kProtocolError);
      ASSERT_THAT(frame.error().detail, HasSubstr(std::to_string(code)));
    }
  }
}

TEST(ClosePayloadTest, RejectsReasonsThatAreNotUtf8_1007) {
  for (const std::string_view reason : {"\xff", "ok\xc3", "\xed\xa0\x80", "\xc0\xaf"}) {
    const auto frame = parsed(payload_of(1000, reason));
    ASSERT_FALSE(frame);
    EXPECT_EQ(frame.error().code, CloseCode::kInvalidPayload);
  }
}

TEST(ClosePayloadTest, ABadCodeIsReportedBeforeABadReason_1002) {
  EXPECT_EQ(parsed(payload_of(999, "\xff")).error().code, CloseCode::kProtocolError);
}

TEST(ClosePayloadTest, RoundTripsEveryCodeThatIsAllowed) {
  for (unsigned code = 0; code <= 5000; ++code) {
    if (!is_listed_as_allowed(code)) continue;
    const auto frame = parsed(encode_close_payload(static_cast<CloseCode>(code), "why"));
    ASSERT_TRUE(frame) << code;
    ASSERT_EQ(frame->code, code);
    ASSERT_EQ(frame->reason, "why");
  }
}

TEST(ClosePayloadTest, NoStatusIsWrittenAsNothing) {
  EXPECT_EQ(encode_close_payload(CloseCode::kNoStatus, "not sent"), "");
}

TEST(ClosePayloadTest, CutsTheReasonSoThatItFitsIntoAControlFrame) {
  const std::string longest(123, 'x');

  EXPECT_THAT(encode_close_payload(CloseCode::kNormal, longest), SizeIs(kControlPayloadMax));
  EXPECT_EQ(encode_close_payload(CloseCode::kNormal, longest + "y"),
            encode_close_payload(CloseCode::kNormal, longest));
}

TEST(ClosePayloadTest, CutsTheReasonBetweenCharacters) {
  for (const std::string_view character : {"\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80"}) {
    for (std::size_t here = 1; here < character.size(); ++here) {
      const std::string before(123 - here, 'x');
      const auto frame =
          parsed(encode_close_payload(CloseCode::kNormal, before + std::string{character}));
      ASSERT_TRUE(frame);
      EXPECT_EQ(frame->reason, before);
    }
  }
}

TEST(ClosePayloadTest, LeavesOutAReasonThatIsNotUtf8) {
  EXPECT_EQ(encode_close_payload(CloseCode::kNormal, "\xff and more"), payload_of(1000));
}

TEST(ClosePayloadDeathTest, RefusesToWriteCodesThatAreNeverSent) {
  EXPECT_DEATH(static_cast<void>(encode_close_payload(CloseCode::kAbnormal, "")),
               "assertion failed");
}

}  // namespace
}  // namespace wsm
