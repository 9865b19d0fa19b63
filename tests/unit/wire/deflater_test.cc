#include "wire/deflater.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/rng.h"
#include "unit/wire/server_deflate.h"

namespace wsm {
namespace {

using testing::as_bytes;
using testing::as_text;
using ::testing::Gt;
using ::testing::Le;
using ::testing::Lt;
using testing::ServerInflate;

std::string request(int number) {
  std::string text = R"({"op":"subscribe","args":[)";
  for (int i = 0; i < 20; ++i) text += "\"trades.SYMBOL" + std::to_string(number + i) + "\",";
  return text + "]}";
}

TEST(DeflaterTest, AServerReadsWhatItWrites) {
  for (const bool keeps_context : {true, false}) {
    for (int bits = Deflater::kWindowBitsMin; bits <= 15; ++bits) {
      Deflater deflater{{.window_bits = bits, .keeps_context = keeps_context}};
      ServerInflate server{bits};
      SeededRng rng{3};
      for (int i = 0; i < 50; ++i) {
        std::string text = request(i);
        for (std::uint64_t j = rng.below(3000); j > 0; --j) {
          text += static_cast<char>(rng.below(256));
        }
        ASSERT_EQ(server.expand(as_text(*deflater.deflate(as_bytes(text)))), text);
        if (!keeps_context) server.forget_context();
      }
    }
  }
}

TEST(DeflaterTest, WhatWasSaidBeforeMakesTheNextShorter) {
  Deflater deflater{{.window_bits = 15, .keeps_context = true}};

  const std::size_t first = deflater.deflate(as_bytes(request(1)))->size();
  const std::size_t second = deflater.deflate(as_bytes(request(2)))->size();

  EXPECT_THAT(first, Lt(request(1).size() / 2));
  EXPECT_THAT(second, Lt(first / 2));
}

TEST(DeflaterTest, WithoutContextItHoldsNothingBetweenMessages) {
  Deflater deflater{{.window_bits = 15, .keeps_context = false}};

  const auto first = deflater.deflate(as_bytes(request(1)));

  EXPECT_EQ(deflater.deflate(as_bytes(request(1))), first);
  EXPECT_EQ(deflater.memory_bytes(), 0U);
}

TEST(DeflaterTest, MemoryIsCounted) {
  Deflater deflater{{.window_bits = 15, .keeps_context = true}};
  EXPECT_EQ(deflater.memory_bytes(), 0U);

  (void)deflater.deflate(as_bytes(request(1)));

  EXPECT_THAT(deflater.memory_bytes(), Gt(20'000U));
  EXPECT_THAT(deflater.memory_bytes(), Le(50'000U));
}

}  // namespace
}  // namespace wsm
