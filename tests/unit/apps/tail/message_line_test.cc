#include "tail/message_line.h"

#include <chrono>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsm::tail {
namespace {

using namespace std::chrono_literals;

const SystemTime kTime{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22} + 21h + 8min + 22s +
                       1234us};

Message message(MessageKind kind, std::string_view payload) {
  return {kind, std::as_bytes(std::span{payload})};
}

std::string line(LineFormat format, BinaryForm binary, const Message& message) {
  std::string out;
  MessageLine{format, binary}.append(out, message, {ShardId{2}, Generation{3}, kTime});
  return out;
}

TEST(MessageLine, WritesTextVerbatim) {
  EXPECT_EQ(
      line(LineFormat::kPlain, BinaryForm::kBase64, message(MessageKind::kText, "{\"a\": 1}")),
      "{\"a\": 1}\n");
}

TEST(MessageLine, SaysWhatABinaryMessageIsWrittenAs) {
  const Message binary = message(MessageKind::kBinary, "foo");

  EXPECT_EQ(line(LineFormat::kPlain, BinaryForm::kBase64, binary),
            "[binary, 3 bytes, base64] Zm9v\n");
  EXPECT_EQ(line(LineFormat::kPlain, BinaryForm::kHex, binary), "[binary, 3 bytes, hex] 666f6f\n");
  EXPECT_EQ(line(LineFormat::kPlain, BinaryForm::kText, binary), "foo\n");
}

TEST(MessageLine, WritesAJsonObjectWithOriginAndMicroseconds) {
  EXPECT_EQ(line(LineFormat::kJson, BinaryForm::kBase64, message(MessageKind::kText, "say \"hi\"")),
            R"({"shard":2,"generation":3,"time":"2026-11-22T21:08:22.001234Z",)"
            R"("kind":"text","text":"say \"hi\""})"
            "\n");
}

TEST(MessageLine, WritesBinaryIntoJsonAsDigits) {
  const Message binary = message(MessageKind::kBinary, "foo");
  const std::string start =
      R"({"shard":2,"generation":3,"time":"2026-11-22T21:08:22.001234Z","kind":"binary",)";

  EXPECT_EQ(line(LineFormat::kJson, BinaryForm::kBase64, binary), start + R"("base64":"Zm9v"})"
                                                                          "\n");
  EXPECT_EQ(line(LineFormat::kJson, BinaryForm::kHex, binary), start + R"("hex":"666f6f"})"
                                                                       "\n");
  EXPECT_EQ(line(LineFormat::kJson, BinaryForm::kText, binary), start + R"("base64":"Zm9v"})"
                                                                        "\n");
}

TEST(MessageLine, FollowsTheClockFromSecondToSecond) {
  MessageLine lines{LineFormat::kJson, BinaryForm::kBase64};
  const Message text = message(MessageKind::kText, "");
  std::string out;

  lines.append(out, text, {ShardId{0}, Generation{1}, SystemTime{999'999'999ns}});
  lines.append(out, text, {ShardId{0}, Generation{1}, SystemTime{1s}});

  EXPECT_THAT(out, ::testing::HasSubstr("1970-01-01T00:00:00.999999Z"));
  EXPECT_THAT(out, ::testing::HasSubstr("1970-01-01T00:00:01.000000Z"));
}

TEST(BinaryForm, IsFoundByItsName) {
  EXPECT_EQ(binary_form_from("hex"), BinaryForm::kHex);
  EXPECT_EQ(binary_form_from("HEX"), std::nullopt);
}

}  // namespace
}  // namespace wsm::tail
