#include "wire/deflate_agreement.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsm {
namespace {

using ::testing::HasSubstr;

const DeflateOffer kFull{};
const DeflateOffer kNoContext{.keeps_context = false};
const DeflateOffer kNarrow{.window_bits_max = 11};

DeflateAgreement agreed(const std::string& answer, const DeflateOffer& offer = kFull) {
  const auto parsed = parse_deflate_answer({answer}, offer);
  if (!parsed || !*parsed) {
    ADD_FAILURE() << answer << ": " << (parsed ? "declined" : parsed.error());
    return {};
  }
  return **parsed;
}

std::string fault_of(const std::string& answer, std::optional<DeflateOffer> offer = kFull) {
  const auto parsed = parse_deflate_answer({answer}, offer);
  return parsed ? "none" : parsed.error();
}

TEST(DeflateOfferTest, SaysWhatIsWanted) {
  EXPECT_EQ(encode_deflate_offer(kFull), "permessage-deflate; client_max_window_bits");
  EXPECT_EQ(encode_deflate_offer(kNoContext),
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
            "client_max_window_bits");
  EXPECT_EQ(encode_deflate_offer(kNarrow),
            "permessage-deflate; server_max_window_bits=11; client_max_window_bits=11");
}

TEST(DeflateAgreementTest, NoneWhereTheServerDoesWithout) {
  const auto none = parse_deflate_answer({}, kFull);
  ASSERT_TRUE(none);
  EXPECT_FALSE(*none);
  const auto empty = parse_deflate_answer({""}, std::nullopt);
  ASSERT_TRUE(empty);
  EXPECT_FALSE(*empty);
}

TEST(DeflateAgreementTest, TakesEachParameter) {
  EXPECT_EQ(agreed("permessage-deflate"), DeflateAgreement{});
  EXPECT_EQ(agreed("Permessage-Deflate; server_no_context_takeover"),
            DeflateAgreement{.server_keeps_context = false});
  EXPECT_EQ(agreed("permessage-deflate; client_no_context_takeover"),
            DeflateAgreement{.client_keeps_context = false});
  EXPECT_EQ(agreed("permessage-deflate; server_max_window_bits=8"),
            DeflateAgreement{.server_window_bits = 8});
  EXPECT_EQ(agreed("permessage-deflate; client_max_window_bits=\"10\""),
            DeflateAgreement{.client_window_bits = 10});
}

TEST(DeflateAgreementTest, WhatWasWantedHoldsForUsWhateverTheServerSays) {
  EXPECT_EQ(agreed("permessage-deflate", kNoContext),
            DeflateAgreement{.client_keeps_context = false});
  EXPECT_EQ(agreed("permessage-deflate", kNarrow), DeflateAgreement{.client_window_bits = 11});
  EXPECT_EQ(agreed("permessage-deflate; client_max_window_bits=15", kNarrow),
            DeflateAgreement{.client_window_bits = 11});
}

TEST(DeflateAgreementTest, RejectsWhatWasNotOffered) {
  EXPECT_THAT(fault_of("permessage-deflate", std::nullopt), HasSubstr("not offered"));
  EXPECT_THAT(fault_of("x-webkit-deflate-frame"), HasSubstr("x-webkit-deflate-frame"));
  EXPECT_THAT(fault_of("permessage-deflate, permessage-deflate"), HasSubstr("twice"));
  EXPECT_THAT(fault_of("permessage-deflate; server_max_window_bits=12", kNarrow),
              HasSubstr("server_max_window_bits=12"));
}

TEST(DeflateAgreementTest, RejectsParametersThatSayNothing) {
  for (const std::string parameter :
       {"server_max_window_bits", "server_max_window_bits=7", "server_max_window_bits=16",
        "server_max_window_bits=010", "server_max_window_bits=9a", "client_max_window_bits",
        "client_max_window_bits=0", "server_no_context_takeover=1", "client_no_context_takeover=x",
        "unknown", "unknown=9", "server_max_window_bits=9; server_max_window_bits=9",
        "server_no_context_takeover; server_no_context_takeover"}) {
    EXPECT_NE(fault_of("permessage-deflate; " + parameter), "none") << parameter;
  }
}

TEST(DeflateAgreementTest, ReadsAllHeadersAndNoneThatIsMalformed) {
  EXPECT_THAT(fault_of("permessage-deflate;"), HasSubstr("malformed"));
  const auto two = parse_deflate_answer({"permessage-deflate", "permessage-deflate"}, kFull);
  ASSERT_FALSE(two);
  EXPECT_THAT(two.error(), HasSubstr("twice"));
}

}  // namespace
}  // namespace wsm
