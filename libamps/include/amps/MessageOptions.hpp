/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file MessageOptions.hpp
 * Builds the option list of a command. Programs know the class as AMPS::Message::Options.
 */
#ifndef AMPS_MESSAGEOPTIONS_HPP
#define AMPS_MESSAGEOPTIONS_HPP

#include <cstdlib>
#include <string>

#include "Field.hpp"
#include "detail/MessageConstants.hpp"
#include "detail/attributes.hpp"

namespace AMPS {

/**
 * Setting an option a second time replaces it. Converts to the text that commands take.
 * Threads: one at a time.
 */
class AMPS_TYPE MessageOptions : public detail::OptionConstants<void> {
 public:
  AMPS_FN explicit MessageOptions(const std::string& list = std::string())
      : list_(without_last_comma(list)) {}

  AMPS_FN MessageOptions& setNone() { return replace_all("none"); }
  AMPS_FN MessageOptions& setLive() { return set("live"); }
  AMPS_FN MessageOptions& setOOF() { return set("oof"); }
  AMPS_FN MessageOptions& setReplace() { return set("replace"); }
  AMPS_FN MessageOptions& setNoEmpties() { return set("no_empties"); }
  AMPS_FN MessageOptions& setSendKeys() { return set("send_keys"); }
  AMPS_FN MessageOptions& setTimestamp() { return set("timestamp"); }
  AMPS_FN MessageOptions& setNoSowKey() { return set("no_sowkey"); }
  AMPS_FN MessageOptions& setCancel() { return set("cancel"); }
  AMPS_FN MessageOptions& setResume() { return set("resume"); }
  AMPS_FN MessageOptions& setPause() { return set("pause"); }
  AMPS_FN MessageOptions& setFullyDurable() { return set("fully_durable"); }
  /** Most unacknowledged messages wanted of a queue. */
  AMPS_FN MessageOptions& setMaxBacklog(int count) { return set("max_backlog", std::to_string(count)); }
  /** 0 when not set. */
  AMPS_FN int getMaxBacklog() const { return std::atoi(value_of("max_backlog").c_str()); }
  /** @param interval for example "500ms" or "1s", or "none" */
  AMPS_FN MessageOptions& setConflation(const char* interval) { return set("conflation", text(interval)); }
  /** @param fields for example "[/id]" */
  AMPS_FN MessageOptions& setConflationKey(const char* fields) { return set("conflation_key", text(fields)); }
  /** @param action "now", "epoch" or "fail" */
  AMPS_FN MessageOptions& setBookmarkNotFound(const char* action) {
    return set("bookmark_not_found", text(action));
  }
  AMPS_FN MessageOptions& setBookmarkNotFoundNow() { return setBookmarkNotFound("now"); }
  AMPS_FN MessageOptions& setBookmarkNotFoundEpoch() { return setBookmarkNotFound("epoch"); }
  AMPS_FN MessageOptions& setBookmarkNotFoundFail() { return setBookmarkNotFound("fail"); }
  AMPS_FN MessageOptions& setTopN(int count) { return set("top_n", std::to_string(count)); }
  AMPS_FN MessageOptions& setSkipN(int count) { return set("skip_n", std::to_string(count)); }
  /** @param rate for example "1000", "1MB" or "2X" */
  AMPS_FN MessageOptions& setRate(const char* rate) { return set("rate", text(rate)); }
  AMPS_FN MessageOptions& setRateMaxGap(const char* interval) { return set("rate_max_gap", text(interval)); }
  /** @param fields for example "[/price AS /total]" */
  AMPS_FN MessageOptions& setProjection(const std::string& fields) { return set("projection", fields); }
  AMPS_FN MessageOptions& setGrouping(const std::string& fields) { return set("grouping", fields); }

  AMPS_FN operator std::string() const { return list_; }
  AMPS_FN const char* data() const { return list_.data(); }
  AMPS_FN size_t length() const { return list_.size(); }

 private:
  AMPS_FN static std::string text(const char* nts) { return nts ? std::string(nts) : std::string(); }
  AMPS_FN static std::string without_last_comma(std::string list) {
    while (!list.empty() && list[list.size() - 1] == ',') list.erase(list.size() - 1);
    return list;
  }
  AMPS_FN MessageOptions& replace_all(const char* list) {
    list_ = list;
    return *this;
  }
  AMPS_FN MessageOptions& set(const char* name, const std::string& value = std::string()) {
    size_t end = 0;
    const size_t begin = find(name, &end);
    if (begin != std::string::npos) {
      list_.erase(begin, end - begin + (end < list_.size() ? 1 : 0));
      list_ = without_last_comma(list_);
    }
    if (!list_.empty()) list_ += ',';
    list_ += name;
    if (!value.empty()) list_ += "=" + value;
    return *this;
  }
  AMPS_FN std::string value_of(const char* name) const {
    size_t end = 0;
    const size_t begin = find(name, &end);
    if (begin == std::string::npos) return std::string();
    const size_t equals = list_.find('=', begin);
    return equals < end ? list_.substr(equals + 1, end - equals - 1) : std::string();
  }
  // Begin and end of the item of that name. Commas inside brackets belong to a value.
  AMPS_FN size_t find(const std::string& name, size_t* end) const {
    size_t begin = 0;
    while (begin < list_.size()) {
      int depth = 0;
      size_t at = begin;
      for (; at < list_.size() && (list_[at] != ',' || depth > 0); ++at) {
        depth += list_[at] == '[' ? 1 : (list_[at] == ']' ? -1 : 0);
      }
      *end = at;
      const bool named = list_.compare(begin, name.size(), name) == 0;
      const size_t after = begin + name.size();
      if (named && (after == at || (after < at && list_[after] == '='))) return begin;
      begin = at + 1;
    }
    return std::string::npos;
  }

  std::string list_;
};

AMPS_FN inline bool operator==(const MessageOptions& a, const std::string& b) {
  return std::string(a) == b;
}
AMPS_FN inline bool operator!=(const MessageOptions& a, const std::string& b) {
  return std::string(a) != b;
}

}  // namespace AMPS

#endif  // AMPS_MESSAGEOPTIONS_HPP
