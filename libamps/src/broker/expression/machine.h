// SPDX-License-Identifier: Apache-2.0
// Runs a program over one message.
// Threads: one at a time.
#pragma once

#include "broker/expression/compiler.h"
#include "broker/expression/evaluation.h"
#include "broker/expression/program.h"

namespace amps::broker {

class Machine {
 public:
  Machine(const BoundProgram& bound, const EvaluationContext& context, EvaluationScratch* scratch)
      : program_(*bound.program_),
        slots_(bound.slots_.data()),
        context_(context),
        scratch_(*scratch),
        stack_(scratch->operands(program_.stack_size_ + 1)) {}
  Value run();

 private:
  using Opcode = Program::Opcode;
  ValueSpan field(std::uint32_t index) const noexcept;
  Value call(const Program::Instruction& at, const Operand* arguments);
  bool is_like(const Pattern& pattern, ValueSpan values);

  const Program& program_;
  const BoundProgram::SlotReference* const slots_;
  const EvaluationContext& context_;
  EvaluationScratch& scratch_;
  Operand* const stack_;
};

}  // namespace amps::broker
