// SPDX-License-Identifier: Apache-2.0
#include "broker/security/rights_source.h"

#include <utility>

namespace amps::broker {

namespace {

constexpr std::size_t kFileBytesMax = 16u << 20;

class DenyAll final : public RightsSource {
 public:
  Status fetch(const RightsRequest&, const RightsContext&, std::shared_ptr<const Rights>* out) override {
    *out = std::make_shared<Rights>();
    return {};
  }
  bool is_immediate() const noexcept override { return true; }
};

// The same topics for everybody.
class SimpleAccess final : public RightsSource {
 public:
  static Status make(const EntitlementConfiguration& entitlement, std::shared_ptr<RightsSource>* out) {
    const auto rights = std::make_shared<Rights>();
    rights->may_log_on = true;
    for (const std::string& topic : entitlement.denied_topics) {
      AMPS_RETURN_IF_ERROR(add(topic, false, false, rights.get()));
    }
    for (const std::string& topic : entitlement.allowed_topics) {
      AMPS_RETURN_IF_ERROR(add(topic, entitlement.may_read, entitlement.may_write, rights.get()));
    }
    if (entitlement.allowed_topics.empty()) {
      AMPS_RETURN_IF_ERROR(add(".*", entitlement.may_read, entitlement.may_write, rights.get()));
    }
    out->reset(new SimpleAccess(rights));
    return {};
  }
  Status fetch(const RightsRequest&, const RightsContext&, std::shared_ptr<const Rights>* out) override {
    *out = rights_;
    return {};
  }
  bool is_immediate() const noexcept override { return true; }

 private:
  explicit SimpleAccess(std::shared_ptr<const Rights> rights) : rights_(std::move(rights)) {}
  static Status add(const std::string& topic, bool may_read, bool may_write, Rights* out) {
    RightsRule& rule = out->rules.emplace_back();
    rule.topic = topic;
    rule.read.is_given = may_read;
    rule.write.is_given = may_write;
    return TopicPattern::compile(topic, &rule.pattern);
  }

  const std::shared_ptr<const Rights> rights_;  // Of this and of every session.
};

// {"users": [document, ...]}. A document without user_name is for those that no other names. Read anew for
// each logon.
class RightsFile final : public RightsSource {
 public:
  RightsFile(FileIo* io, std::string path) : io_(io), path_(std::move(path)) {}

  Status fetch(const RightsRequest& request, const RightsContext& context,
               std::shared_ptr<const Rights>* out) override {
    std::string text;
    Document document;
    const DocumentNode* users = nullptr;
    AMPS_RETURN_IF_ERROR(read(&text, &document, &users));
    const DocumentNode* chosen = nullptr;
    for (const DocumentNode* user = users->first; user != nullptr; user = user->next) {
      const DocumentNode* const name = document.find(*user, "user_name");
      if (name == nullptr ? chosen == nullptr : name->value.text() == request.user) chosen = user;
      if (chosen == user && name != nullptr) break;
    }
    if (chosen != nullptr) return Rights::make(*chosen, context, out);
    *out = std::make_shared<Rights>();
    return {};
  }

  // Everything in the file can be understood, but for filters, which depend on message types.
  Status check() const {
    std::string text;
    Document document;
    const DocumentNode* users = nullptr;
    return read(&text, &document, &users);
  }

 private:
  Status failed(const std::string& what) const { return Status(AMPS_E_USAGE, path_ + ": " + what); }

  Status read(std::string* text, Document* document, const DocumentNode** users) const {
    AMPS_RETURN_IF_ERROR(read_file(*io_, path_, kFileBytesMax, text));
    const Status status = find_message_format("json")->parse(*text, document);
    if (!status.ok()) return failed(std::string(status.text()));
    *users = document->find(document->root(), "users");
    if (*users == nullptr || (*users)->kind != NodeKind::kArray || document->root().child_count != 1) {
      return failed("rights are written as {\"users\": [document, ...]}");
    }
    for (const DocumentNode* user = (*users)->first; user != nullptr; user = user->next) {
      if (user->kind != NodeKind::kObject) return failed("an entry of users is no object");
      const DocumentNode* const name = document->find(*user, "user_name");
      if (name != nullptr && !name->value.is_string()) return failed("a user_name is no text");
    }
    return {};
  }

  FileIo* const io_;
  const std::string path_;
};

}  // namespace

Status open_rights_source(const EntitlementConfiguration& entitlement, FileIo* io,
                          std::shared_ptr<RightsSource>* out) {
  using Module = EntitlementConfiguration::Module;
  switch (entitlement.module) {
    case Module::kAllowAll:
      return {};
    case Module::kDenyAll:
      *out = std::make_shared<DenyAll>();
      return {};
    case Module::kSimpleAccess:
      return SimpleAccess::make(entitlement, out);
    case Module::kRightsFile: {
      const auto file = std::make_shared<RightsFile>(io, entitlement.file_name);
      *out = file;
      return file->check();
    }
  }
  return {};
}

}  // namespace amps::broker
