#include "wire/utf8_validator.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/rng.h"
#include "unit/wire/naive_reader.h"
#include "unit/wire/server_frames.h"

namespace wsm {
namespace {

using testing::as_bytes;
using testing::naive_is_utf8_prefix;
using testing::Sizes;

/// The index of the byte at which a validator that gets one byte at a time fails; none if it does
/// not.
std::optional<std::size_t> failing_byte(std::string_view text) {
  Utf8Validator validator;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!validator.feed(as_bytes(text.substr(at, 1)))) return at;
  }
  return std::nullopt;
}

bool is_valid_bytewise(std::string_view text) {
  Utf8Validator validator;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!validator.feed(as_bytes(text.substr(at, 1)))) return false;
  }
  return validator.is_complete();
}

/// Between pieces of ASCII of such sizes that each path through the sweep and simdjson is taken.
std::vector<std::string> in_contexts(const std::string& text) {
  std::vector<std::string> contexts;
  for (const std::size_t size : Sizes{0, 1, 7, 8, 31, 32, 40, 767, 800}) {
    contexts.push_back(std::string(size, 'a') + text);
    contexts.push_back(text + std::string(size, 'z'));
    contexts.push_back(std::string(size, 'a') + text + std::string(size, 'z'));
  }
  return contexts;
}

struct EdgeCase {
  std::string text;
  std::string_view what;
};

const std::vector<EdgeCase> kLegal{
    {std::string(1, '\0'), "U+0000"},
    {"\x7f", "U+007F, the last of one byte"},
    {"\xc2\x80", "U+0080, the first of two bytes"},
    {"\xdf\xbf", "U+07FF, the last of two bytes"},
    {"\xe0\xa0\x80", "U+0800, the first of three bytes"},
    {"\xed\x9f\xbf", "U+D7FF, the last before the surrogates"},
    {"\xee\x80\x80", "U+E000, the first behind the surrogates"},
    {"\xef\xbf\xbf", "U+FFFF, the last of three bytes"},
    {"\xf0\x90\x80\x80", "U+10000, the first of four bytes"},
    {"\xf4\x8f\xbf\xbf", "U+10FFFF, the last of all"},
    {"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5", "a Greek word"},
};

struct IllegalCase {
  std::string text;
  std::size_t failing_byte;
  std::string_view what;
};

const std::vector<IllegalCase> kIllegal{
    {"\x80", 0, "a continuation byte alone"},
    {"\xbf", 0, "the last continuation byte alone"},
    {"\xc0\x80", 0, "U+0000 in two bytes"},
    {"\xc1\xbf", 0, "U+007F in two bytes"},
    {"\xe0\x80\x80", 1, "U+0000 in three bytes"},
    {"\xe0\x9f\xbf", 1, "U+07FF in three bytes"},
    {"\xf0\x80\x80\x80", 1, "U+0000 in four bytes"},
    {"\xf0\x8f\xbf\xbf", 1, "U+FFFF in four bytes"},
    {"\xed\xa0\x80", 1, "U+D800, the first surrogate"},
    {"\xed\xbf\xbf", 1, "U+DFFF, the last surrogate"},
    {"\xed\xa0\x80\xed\xb0\x80", 1, "a pair of surrogates"},
    {"\xf4\x90\x80\x80", 1, "U+110000, the first behind the last"},
    {"\xf5\x80\x80\x80", 0, "U+140000"},
    {"\xf8\x88\x80\x80\x80", 0, "five bytes"},
    {"\xfc\x84\x80\x80\x80\x80", 0, "six bytes"},
    {"\xfe", 0, "0xFE"},
    {"\xff", 0, "0xFF"},
    {"\xc3(", 1, "two bytes, the second none"},
    {"\xe2\x82(", 2, "three bytes, the third none"},
    {"\xe2(\xa1", 1, "three bytes, the second none"},
    {"\xf0\x9f\x98(", 3, "four bytes, the fourth none"},
    {"\xf0\x9f(\x80", 2, "four bytes, the third none"},
    {"\xf0(\x8c\xbc", 1, "four bytes, the second none"},
    {"\xc3\xa9\xa9", 2, "a continuation byte too many"},
};

TEST(Utf8ValidatorTest, AcceptsEveryEdgeOfWhatIsLegal) {
  for (const auto& [text, what] : kLegal) {
    for (const std::string& context : in_contexts(text)) {
      EXPECT_TRUE(is_utf8(as_bytes(context))) << what;
      EXPECT_TRUE(is_valid_bytewise(context)) << what;
    }
  }
}

TEST(Utf8ValidatorTest, RejectsEveryEdgeOfWhatIsIllegal) {
  for (const auto& [text, failing, what] : kIllegal) {
    for (const std::string& context : in_contexts(text)) {
      EXPECT_FALSE(is_utf8(as_bytes(context))) << what;
      EXPECT_FALSE(is_valid_bytewise(context)) << what;
    }
  }
}

TEST(Utf8ValidatorTest, FailsAtTheVeryByteThatNothingCanMend) {
  for (const auto& [text, failing, what] : kIllegal) {
    EXPECT_EQ(failing_byte(text), failing) << what;
    EXPECT_EQ(failing_byte("abc" + text), 3 + failing) << what;
  }
}

TEST(Utf8ValidatorTest, WaitsForTheRestOfACharacterAndRejectsItsAbsence) {
  for (const auto& [text, what] : kLegal) {
    for (std::size_t here = 1; here < text.size(); ++here) {
      const std::string cut = text.substr(0, here);
      if (naive_is_utf8_prefix(cut, true)) continue;
      Utf8Validator validator;
      EXPECT_FALSE(is_utf8(as_bytes(cut))) << what;
      EXPECT_TRUE(validator.feed(as_bytes(cut))) << what;
      EXPECT_FALSE(validator.is_complete()) << what;
      EXPECT_TRUE(validator.feed(as_bytes(text.substr(here)))) << what;
      EXPECT_TRUE(validator.is_complete()) << what;
    }
  }
}

TEST(Utf8ValidatorTest, JudgesAllPairsAndTriplesOfInterestingBytesLikeTheModel) {
  const std::string edges{
      "\x00\x41\x7f\x80\x8f\x90\x9f\xa0\xbf\xc0\xc1\xc2\xdf\xe0\xe1\xec\xed\xee"
      "\xef\xf0\xf1\xf3\xf4\xf5\xff",
      25};
  for (const char a : edges) {
    for (const char b : edges) {
      for (const char c : edges) {
        const std::string text{a, b, c};
        const bool is_legal = naive_is_utf8_prefix(text, true);
        ASSERT_EQ(is_utf8(as_bytes(text)), is_legal) << ::testing::PrintToString(text);
        ASSERT_EQ(is_valid_bytewise(text), is_legal) << ::testing::PrintToString(text);
        Utf8Validator validator;
        ASSERT_EQ(validator.feed(as_bytes(text)), naive_is_utf8_prefix(text, false))
            << ::testing::PrintToString(text);
      }
    }
  }
}

TEST(Utf8ValidatorTest, EveryCodePointIsLegalButTheSurrogates) {
  for (std::uint32_t point = 0; point <= 0x10ffff; point += point < 0x20000 ? 1 : 61) {
    std::string text;
    if (point < 0x80) {
      text = {static_cast<char>(point)};
    } else if (point < 0x800) {
      text = {static_cast<char>(0xc0U | point >> 6U), static_cast<char>(0x80U | (point & 63U))};
    } else if (point < 0x10000) {
      text = {static_cast<char>(0xe0U | point >> 12U),
              static_cast<char>(0x80U | (point >> 6U & 63U)),
              static_cast<char>(0x80U | (point & 63U))};
    } else {
      text = {
          static_cast<char>(0xf0U | point >> 18U), static_cast<char>(0x80U | (point >> 12U & 63U)),
          static_cast<char>(0x80U | (point >> 6U & 63U)), static_cast<char>(0x80U | (point & 63U))};
    }
    const bool is_surrogate = point >= 0xd800 && point <= 0xdfff;
    ASSERT_EQ(is_valid_bytewise(text), !is_surrogate) << point;
    ASSERT_EQ(is_utf8(as_bytes(text)), !is_surrogate) << point;
  }
}

TEST(Utf8ValidatorTest, GivesTheSameAnswerForEverySplitIntoThree) {
  for (const auto& [text, failing, what] : kIllegal) {
    const std::string whole = "a\xe2\x82\xac" + text + "z";
    for (std::size_t first = 0; first <= whole.size(); ++first) {
      for (std::size_t second = first; second <= whole.size(); ++second) {
        Utf8Validator validator;
        const bool is_ok = validator.feed(as_bytes(whole.substr(0, first))) &&
                           validator.feed(as_bytes(whole.substr(first, second - first))) &&
                           validator.feed(as_bytes(whole.substr(second)));
        ASSERT_FALSE(is_ok) << what;
      }
    }
  }
}

TEST(Utf8ValidatorTest, StaysBrokenUntilItIsReset) {
  Utf8Validator validator;
  EXPECT_FALSE(validator.feed(as_bytes("\xff")));
  EXPECT_FALSE(validator.feed(as_bytes("fine")));
  EXPECT_FALSE(validator.feed(as_bytes("")));
  EXPECT_FALSE(validator.is_complete());

  validator.reset();

  EXPECT_TRUE(validator.feed(as_bytes("fine")));
  EXPECT_TRUE(validator.is_complete());
}

TEST(Utf8ValidatorTest, NothingAtAllIsUtf8) {
  Utf8Validator validator;

  EXPECT_TRUE(is_utf8({}));
  EXPECT_TRUE(validator.feed({}));
  EXPECT_TRUE(validator.is_complete());
}

}  // namespace
}  // namespace wsm
