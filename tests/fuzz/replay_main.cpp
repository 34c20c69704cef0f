// SPDX-License-Identifier: Apache-2.0
// Runs a fuzz target without a fuzzer: every file of the corpus as it is, then a fixed number of
// mutations of them, the same in every run. Finds what breaks easily; the fuzzer finds the rest.
//
//   <target> RUNS DIRECTORY...
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "oracle.h"

namespace {

class Random {
 public:
  std::size_t below(std::size_t limit) noexcept {  // xorshift64*; the same numbers on every machine.
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return static_cast<std::size_t>((state_ * 0x2545F4914F6CDD1Du >> 33) % limit);
  }

 private:
  std::uint64_t state_ = 0x9E3779B97F4A7C15u;
};

constexpr std::string_view kPieces[] = {
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "\"",
    "\\",
    ",",
    ":",
    "|",
    "0",
    "1",
    "-1",
    "'",
    " ",
    "\n",
    "\\u00",
    "\\ud800",
    "null",
    "\"c\":\"p\"",
    "\"l\":",
    "18446744073709551615",
    "0|1|",
    "T",
    "=",
    "%00",
    "@",
    "//",
    "?",
    "&",
    "none",
    "\xff",
};

void mutate(std::string* text, const std::vector<std::string>& corpus, Random* random) {
  const std::size_t at = random->below(text->size() + 1);
  switch (random->below(7)) {
    case 0:  // One bit of one byte.
      if (at < text->size()) (*text)[at] = static_cast<char>((*text)[at] ^ (1 << random->below(8)));
      break;
    case 1:
      if (at < text->size()) (*text)[at] = static_cast<char>(random->below(256));
      break;
    case 2:
      text->insert(at, kPieces[random->below(std::size(kPieces))]);
      break;
    case 3:
      text->erase(at, 1 + random->below(8));
      break;
    case 4:
      text->resize(at);
      break;
    case 5:
      text->insert(at, text->substr(random->below(text->size() + 1), 1 + random->below(16)));
      break;
    default: {
      const std::string& other = corpus[random->below(corpus.size())];
      text->replace(at, std::string::npos, other.substr(random->below(other.size() + 1)));
    }
  }
}

// From memory of exactly that size, so that sanitizers see a read beyond it.
void run(const std::string& text) {
  const std::unique_ptr<std::uint8_t[]> bytes(new std::uint8_t[text.size()]);
  std::copy(text.begin(), text.end(), bytes.get());
  LLVMFuzzerTestOneInput(bytes.get(), text.size());
}

std::vector<std::string> read_corpus(int argc, char** argv) {
  std::vector<std::string> paths;
  for (int i = 2; i < argc; ++i) {
    if (!std::filesystem::is_directory(argv[i])) continue;
    for (const auto& entry : std::filesystem::directory_iterator(argv[i]))
      paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());  // Directories have no order of their own.
  std::vector<std::string> corpus;
  for (const std::string& path : paths) {
    std::ifstream file(path, std::ios::binary);
    corpus.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return corpus;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> corpus = read_corpus(argc, argv);
  if (argc < 3 || corpus.empty()) {
    std::fprintf(stderr, "usage: %s RUNS DIRECTORY...; at least one file in them\n", argv[0]);
    return 2;
  }
  for (const std::string& text : corpus) run(text);
  const long runs = std::strtol(argv[1], nullptr, 10);
  Random random;
  std::string text;
  for (long i = 0; i < runs; ++i) {
    // A few mutations on top of each other, then a fresh start.
    if (i % 8 == 0) text = corpus[random.below(corpus.size())];
    mutate(&text, corpus, &random);
    run(text);
  }
  std::printf("%zu files and %ld mutations\n", corpus.size(), runs);
  return 0;
}
