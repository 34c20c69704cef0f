// SPDX-License-Identifier: Apache-2.0
// Tables of the members of an element: what each is called, how it is read, written and described. One
// table serves the reader, the dump and the manual.
// Threads: functions of their arguments.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "broker/configuration_values.h"
#include "broker/configuration_xml/element.h"

namespace amps::broker {

using Warnings = std::vector<std::string>;

template <typename T>
struct Member {
  std::string_view name;
  std::string_view synonym;  // Accepted too; empty: none.
  bool repeats;
  // None: a documented element that this version has nothing behind.
  Status (*read)(const Element& element, T* to);
  void (*write)(const T& from, std::string_view name, Element* parent);
  std::string (*kind)();  // What values it takes.
  // What it is for. Of one without `read`: empty when leaving it out would change what happens, so that
  // it is refused; else why it may be passed over.
  std::string_view what;
};

// The text of an element without children. Fails when it is empty.
Status read_leaf(const Element& element, std::string* out);
Status read_number(const Element& element, const NumberRange& range, std::uint64_t* out);
Status unknown_element(const Element& element, const Element& parent);
Status unavailable_element(const Element& element);
Status repeated_element(const Element& element, const Element& parent);
std::string passed_over(const Element& element, std::string_view why);
// "one of a, b" for the words of a choice.
std::string choices_text(const std::vector<std::string_view>& words);

// Reads every child of the element as the table says.
template <typename T, std::size_t N>
Status read_members(const Element& element, const Member<T> (&table)[N], T* out, Warnings* warnings) {
  bool seen[N] = {};
  for (const Element& child : element.children) {
    std::size_t at = 0;
    while (at < N && child.name != table[at].name &&
           (table[at].synonym.empty() || child.name != table[at].synonym)) {
      ++at;
    }
    if (at == N) return unknown_element(child, element);
    const Member<T>& member = table[at];
    if (seen[at] && !member.repeats) return repeated_element(child, element);
    seen[at] = true;
    if (member.read != nullptr) {
      AMPS_RETURN_IF_ERROR(member.read(child, out));
    } else if (member.what.empty()) {
      return unavailable_element(child);
    } else {
      warnings->push_back(passed_over(child, member.what));
    }
  }
  return {};
}

template <typename T, std::size_t N>
void write_members(const T& from, const Member<T> (&table)[N], Element* element) {
  for (const Member<T>& member : table) {
    if (member.write != nullptr) member.write(from, member.name, element);
  }
}

// A row of the manual.
struct MemberDescription {
  std::string path;  // "SOW/Topic/Key".
  std::string synonym;
  std::string kind;
  std::string default_value;
  std::string what;
};

template <typename T, std::size_t N>
void describe_members(const std::string& path, const Member<T> (&table)[N],
                      std::vector<MemberDescription>* out) {
  for (const Member<T>& member : table) {
    MemberDescription row;
    row.path = path + "/" + std::string(member.name);
    row.synonym = member.synonym;
    row.kind = member.kind == nullptr ? "" : member.kind();
    if (member.repeats) row.kind += ", repeated";
    Element written;
    if (member.write != nullptr) member.write(T{}, member.name, &written);
    if (!written.children.empty()) row.default_value = written.children.front().value;
    row.what = member.read != nullptr ? std::string(member.what)
               : member.what.empty()  ? "not available: refused"
                                      : "passed over: " + std::string(member.what);
    out->push_back(std::move(row));
  }
}

// The kinds of members. Each is a struct of three functions, made from a pointer to the member.

template <typename M>
struct MemberPointer;
template <typename T, typename V>
struct MemberPointer<V T::*> {
  using Owner = T;
  using Value = V;
};
template <auto kMember>
using OwnerOf = typename MemberPointer<decltype(kMember)>::Owner;
template <auto kMember>
using ValueOf = typename MemberPointer<decltype(kMember)>::Value;

template <auto kMember>
struct Text {
  using Owner = OwnerOf<kMember>;
  static Status read(const Element& element, Owner* to) { return read_leaf(element, &(to->*kMember)); }
  static void write(const Owner& from, std::string_view name, Element* parent) {
    if (!(from.*kMember).empty()) parent->add(name, from.*kMember);
  }
  static std::string kind() { return "text"; }
};

// An element that may be repeated, each a text of the list.
template <auto kMember>
struct Texts {
  using Owner = OwnerOf<kMember>;
  static Status read(const Element& element, Owner* to) {
    return read_leaf(element, &(to->*kMember).emplace_back());
  }
  static void write(const Owner& from, std::string_view name, Element* parent) {
    for (const std::string& text : from.*kMember) parent->add(name, text);
  }
  static std::string kind() { return "text"; }
};

// An element that holds a list of elements of one name.
Status read_list(const Element& element, std::string_view item, std::vector<std::string>* out);
void write_list(const std::vector<std::string>& list, std::string_view name, std::string_view item,
                Element* parent);

template <auto kMember, const char* kItem>
struct List {
  using Owner = OwnerOf<kMember>;
  static Status read(const Element& element, Owner* to) { return read_list(element, kItem, &(to->*kMember)); }
  static void write(const Owner& from, std::string_view name, Element* parent) {
    write_list(from.*kMember, name, kItem, parent);
  }
  static std::string kind() { return std::string("elements ") + kItem; }
};

// The same, and may be repeated: a list of lists.
template <auto kMember, const char* kItem>
struct Lists {
  using Owner = OwnerOf<kMember>;
  static Status read(const Element& element, Owner* to) {
    return read_list(element, kItem, &(to->*kMember).emplace_back());
  }
  static void write(const Owner& from, std::string_view name, Element* parent) {
    for (const auto& list : from.*kMember) write_list(list, name, kItem, parent);
  }
  static std::string kind() { return std::string("elements ") + kItem; }
};

// `kNone` is the value that stands for no limit and is not written.
template <auto kMember, NumberUnit kUnit, std::uint64_t kMin, std::uint64_t kMax,
          std::uint64_t kNone = UINT64_MAX>
struct Number {
  using Owner = OwnerOf<kMember>;
  static constexpr NumberRange kRange{kUnit, kMin, kMax};
  static Status read(const Element& element, Owner* to) {
    std::uint64_t value = 0;
    AMPS_RETURN_IF_ERROR(read_number(element, kRange, &value));
    to->*kMember = static_cast<ValueOf<kMember>>(value);
    return {};
  }
  static void write(const Owner& from, std::string_view name, Element* parent) {
    if (std::uint64_t{from.*kMember} != kNone) {
      parent->add(name, format_number(kUnit, std::uint64_t{from.*kMember}));
    }
  }
  static std::string kind() { return expected_text(kRange); }
};

template <auto kMember>
using Flag = Number<kMember, NumberUnit::kBoolean, 0, 1>;

template <typename V>
struct Word {
  std::string_view text;
  V value;
};

// `kWords` is an array of Word; the first of those with one value is written.
template <auto kMember, const auto& kWords>
struct Choice {
  using Owner = OwnerOf<kMember>;
  static Status read(const Element& element, Owner* to) {
    std::string text;
    AMPS_RETURN_IF_ERROR(read_leaf(element, &text));
    for (const auto& word : kWords) {
      if (word.text != text) continue;
      to->*kMember = word.value;
      return {};
    }
    return error_at(element, element.name + " is " + text + ", not " + kind());
  }
  static void write(const Owner& from, std::string_view name, Element* parent) {
    for (const auto& word : kWords) {
      if (word.value == from.*kMember) return static_cast<void>(parent->add(name, std::string(word.text)));
    }
  }
  static std::string kind() {
    std::vector<std::string_view> words;
    for (const auto& word : kWords) words.push_back(word.text);
    return choices_text(words);
  }
};

// A member of a struct inside the owner.
template <auto kInner, typename Kind>
struct In {
  using Owner = OwnerOf<kInner>;
  static Status read(const Element& element, Owner* to) { return Kind::read(element, &(to->*kInner)); }
  static void write(const Owner& from, std::string_view name, Element* parent) {
    Kind::write(from.*kInner, name, parent);
  }
  static std::string kind() { return Kind::kind(); }
};

template <typename Kind>
constexpr Member<typename Kind::Owner> one(std::string_view name, std::string_view what,
                                           std::string_view synonym = {}) {
  return {name, synonym, false, &Kind::read, &Kind::write, &Kind::kind, what};
}
template <typename Kind>
constexpr Member<typename Kind::Owner> many(std::string_view name, std::string_view what,
                                            std::string_view synonym = {}) {
  return {name, synonym, true, &Kind::read, &Kind::write, &Kind::kind, what};
}
// Documented, not served, and refused.
template <typename T>
constexpr Member<T> unavailable(std::string_view name) {
  return {name, {}, true, nullptr, nullptr, nullptr, {}};
}
// Documented, not served, and without effect on what clients see.
template <typename T>
constexpr Member<T> ignored(std::string_view name, std::string_view why) {
  return {name, {}, true, nullptr, nullptr, nullptr, why};
}

}  // namespace amps::broker
