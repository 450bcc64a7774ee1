// What simdjson takes to parse every line of a file, and nothing else: open, read, parse, one field looked up.
//
//   parse FILE      prints the number of lines and the seconds from opening the file to the end
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <simdjson.h>
#include <unistd.h>

int main(int count, char **arguments) {
  if (count != 2) return 2;
  const auto start = std::chrono::steady_clock::now();
  const int file = open(arguments[1], O_RDONLY);
  if (file < 0) return 2;
  // A block at a time, as Probity reads; what is left of the last line goes to the front of the next block.
  const size_t capacity = 1 << 20;
  std::unique_ptr<char[]> block(new char[capacity + simdjson::SIMDJSON_PADDING]);
  simdjson::dom::parser parser;
  size_t held = 0, lines = 0;
  while (true) {
    const ssize_t taken = read(file, block.get() + held, capacity - held);
    if (taken < 0) return 2;
    held += static_cast<size_t>(taken);
    size_t from = 0;
    while (const void *end = std::memchr(block.get() + from, '\n', held - from)) {
      const size_t length = static_cast<const char *>(end) - (block.get() + from);
      simdjson::dom::element record;
      std::string_view id;
      if (parser.parse(block.get() + from, length, false).get(record) || record["id"].get(id)) return 1;
      lines += 1;
      from += length + 1;
    }
    std::memmove(block.get(), block.get() + from, held - from);
    held -= from;
    if (taken == 0 || held == capacity) break;
  }
  const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
  std::printf("%zu %.9f\n", lines, spent.count());
  return held == 0 ? 0 : 1;
}
