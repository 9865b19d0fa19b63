#include "demo/screen.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include <sys/ioctl.h>
#include <unistd.h>

namespace wsm::demo {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kHideCursor = "\x1b[?25l";
constexpr std::string_view kShowCursor = "\x1b[?25h";
constexpr std::string_view kClearToEndOfLine = "\x1b[K";
constexpr std::string_view kClearBelow = "\x1b[J";

std::atomic<bool> is_cursor_hidden = false;
static_assert(std::atomic<bool>::is_always_lock_free);

class StdoutScreen : public Screen {
 public:
  void print(std::string_view text) final { write_out(text); }
  int write_error() const final { return write_error_; }

 protected:
  void write_out(std::string_view text) {
    const bool is_written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
    if ((std::fflush(stdout) != 0 || !is_written) && write_error_ == 0) write_error_ = errno;
  }

 private:
  int write_error_ = 0;
};

class Pipe final : public StdoutScreen {
 public:
  Duration interval() const override { return 1s; }
  void show(const Frame& frame) override { write_out(summarise(frame) + '\n'); }
  void leave() override {}
};

class Terminal final : public StdoutScreen {
 public:
  explicit Terminal(bool has_colour) : has_colour_(has_colour) {
    is_cursor_hidden = true;
    write_out(kHideCursor);
  }
  ~Terminal() override { leave(); }

  Duration interval() const override { return 200ms; }

  void show(const Frame& frame) override {
    std::string picture = to_first_line();
    const auto lines = draw(frame, canvas());
    for (const std::string& line : lines) {
      picture += line;
      picture += kClearToEndOfLine;
      picture += '\n';
    }
    picture += kClearBelow;
    lines_shown_ = lines.size();
    write_out(picture);
  }

  void leave() override {
    if (!is_cursor_hidden.exchange(false)) return;
    write_out(kShowCursor);
  }

 private:
  std::string to_first_line() const {
    if (lines_shown_ == 0) return {};
    return "\x1b[" + std::to_string(lines_shown_) + "A\r";
  }

  // Asked anew for each picture: windows change their size. One row stays free for the cursor.
  Canvas canvas() const {
    Canvas canvas{.columns = 80, .rows = 23, .has_colour = has_colour_};
    winsize size{};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return canvas;
    if (size.ws_col > 0) canvas.columns = size.ws_col;
    if (size.ws_row > 1) canvas.rows = std::min<std::size_t>(size.ws_row - 1U, 30);
    return canvas;
  }

  bool has_colour_;
  std::size_t lines_shown_ = 0;
};

bool is_colour_unwanted() {
  const char* const no_color = std::getenv("NO_COLOR");
  return no_color != nullptr && *no_color != '\0';
}

}  // namespace

std::unique_ptr<Screen> make_screen(Colour colour) {
  if (isatty(STDOUT_FILENO) == 0) return std::make_unique<Pipe>();
  return std::make_unique<Terminal>(colour == Colour::kInTerminal && !is_colour_unwanted());
}

void restore_terminal() {
  if (!is_cursor_hidden.exchange(false)) return;
  [[maybe_unused]] const auto written =
      write(STDOUT_FILENO, kShowCursor.data(), kShowCursor.size());
}

}  // namespace wsm::demo
