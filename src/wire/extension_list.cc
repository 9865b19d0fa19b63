#include "wire/extension_list.h"

#include <algorithm>
#include <utility>

#include "wire/http_syntax.h"

namespace wsm {
namespace {

/// Takes a list apart from its front.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool is_at_end() {
    skip_blanks();
    return rest_.empty();
  }
  [[nodiscard]] bool take(char expected) {
    if (is_at_end() || rest_.front() != expected) return false;
    rest_.remove_prefix(1);
    return true;
  }
  [[nodiscard]] std::optional<std::string> take_token() {
    skip_blanks();
    std::size_t size = 0;
    while (size < rest_.size() && is_token(rest_.substr(size, 1))) ++size;
    if (size == 0) return std::nullopt;
    std::string token{rest_.substr(0, size)};
    rest_.remove_prefix(size);
    return token;
  }
  /// Quotes are allowed around what is a token without them (RFC 6455, section 9.1).
  [[nodiscard]] std::optional<std::string> take_value() {
    if (!take('"')) return take_token();
    const auto token = take_token();
    return token && take('"') ? token : std::nullopt;
  }

 private:
  void skip_blanks() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t"), rest_.size()));
  }

  std::string_view rest_;
};

std::optional<Extension> take_extension(Scanner& scanner) {
  auto name = scanner.take_token();
  if (!name) return std::nullopt;
  Extension extension{*std::move(name), {}};
  while (scanner.take(';')) {
    auto parameter = scanner.take_token();
    if (!parameter) return std::nullopt;
    std::optional<std::string> value;
    if (scanner.take('=') && !(value = scanner.take_value())) return std::nullopt;
    extension.parameters.push_back({*std::move(parameter), std::move(value)});
  }
  return extension;
}

}  // namespace

std::optional<std::vector<Extension>> parse_extension_list(std::string_view list) {
  std::vector<Extension> extensions;
  Scanner scanner{list};
  while (!scanner.is_at_end()) {
    if (scanner.take(',')) continue;
    auto extension = take_extension(scanner);
    if (!extension || (!scanner.is_at_end() && !scanner.take(','))) return std::nullopt;
    extensions.push_back(*std::move(extension));
  }
  return extensions;
}

}  // namespace wsm
