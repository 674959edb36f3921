/**
 * From the message that was written to a histogram that rules can be applied to.
 *
 * @module
 */

import type { ProtoHistogram, ProtoSpan } from "./metrics_proto.ts";
import type { Side, SpanHistogram } from "./span_histogram.ts";

/** Reads the native part of a histogram. */
export function histogramOfProto(proto: ProtoHistogram): SpanHistogram {
  return {
    schema: proto.schema!,
    count: Number(proto.sample_count),
    sum: proto.sample_sum!,
    zeroThreshold: proto.zero_threshold!,
    zeroCount: Number(proto.zero_count),
    positive: sideOf(proto.positive_span, proto.positive_delta),
    negative: sideOf(proto.negative_span, proto.negative_delta),
  };
}

function sideOf(spans: readonly ProtoSpan[] = [], deltas: readonly string[] = []): Side {
  return { spans: spans.map(({ offset, length }) => [offset!, length!]), deltas: deltas.map(Number) };
}
