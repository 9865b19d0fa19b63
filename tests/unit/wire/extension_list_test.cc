#include "wire/extension_list.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsm {
namespace {

/// As text again: `name;parameter;parameter=value`, with `|` between extensions.
std::string parsed(std::string_view list) {
  const auto extensions = parse_extension_list(list);
  if (!extensions) return "malformed";
  std::string text;
  for (const Extension& extension : *extensions) {
    text += (text.empty() ? "" : "|") + extension.name;
    for (const auto& [name, value] : extension.parameters) {
      text += ";" + name + (value ? "=" + *value : "");
    }
  }
  return text;
}

TEST(ExtensionListTest, TakesEachApart) {
  EXPECT_EQ(parsed("foo"), "foo");
  EXPECT_EQ(parsed("foo, bar; baz=2"), "foo|bar;baz=2");
  EXPECT_EQ(parsed("foo; a; b=\"10\" ;c , bar"), "foo;a;b=10;c|bar");
  EXPECT_EQ(parsed(" ,foo,, bar ,"), "foo|bar");
  EXPECT_EQ(parsed(""), "");
}

TEST(ExtensionListTest, KnowsWhatIsNone) {
  for (const std::string_view list :
       {";", "foo;", "foo; =1", "foo; a=", "foo; a=\"1", "foo; a=\"\"", "foo bar", "foo; a b",
        "foo; a=\"1 2\"", "f\"oo", "foo; a=1=2", "foo\r\n"}) {
    EXPECT_EQ(parsed(list), "malformed") << list;
  }
}

}  // namespace
}  // namespace wsm
