// SPDX-License-Identifier: Apache-2.0
// TransactionLog (broker 10, 13.2).
// Threads: functions of their arguments.
#pragma once

#include "broker/configuration_state.h"
#include "broker/configuration_xml/members.h"

namespace amps::broker {

Status read_transaction_log(const Element& element, TransactionLogConfiguration* out, Warnings* warnings);
void write_transaction_log(const TransactionLogConfiguration& log, Element* root);
void describe_transaction_log(std::vector<MemberDescription>* out);

}  // namespace amps::broker
