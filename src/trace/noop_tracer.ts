/**
 * A tracer that traces nothing.
 *
 * @module
 */

import type { TraceContext } from "../record/trace_context.ts";
import { NO_CONTEXT, type TraceOptions, type Tracer } from "./tracer.ts";

/** Tracer that only calls the operations. */
export const NOOP_TRACER: Tracer = {
  current: undefined,
  isAutomatic: false,
  run<Result>(_options: TraceOptions, operation: (context: TraceContext) => Result): Result {
    return operation(NO_CONTEXT);
  },
  open: () => NO_CONTEXT,
  within<Result>(context: TraceContext, operation: (context: TraceContext) => Result): Result {
    return operation(context);
  },
};
