import type { Explanation } from "./explained.ts";

/** What a condition saves that decides between two ways to the same bytes. */
const FASTER = "Both ways write the same bytes; the first is faster.";
const NO_TIME = "No time is no timestamp, so nothing is written either way; the condition is for the type.";
const OUTSIDE = "What is read outside an array is undefined, which is no label set; the condition keeps the read fast.";

/** Mutants of `src/encode/` that survive. */
export const ENCODE: readonly Explanation[] = [
  {
    file: "src/encode/byte_writer.ts",
    original: "if (unit > ASCII_MAX) {",
    mutant: "if (unit >= ASCII_MAX) {",
    reason: "DEL is the same byte in ASCII and in UTF-8.",
  },
  {
    file: "src/encode/byte_writer.ts",
    original: "if (count > LOOP_BYTES_MAX) {",
    mutant: "if (true) {",
    reason: FASTER,
  },
  {
    file: "src/encode/byte_writer.ts",
    original: "if (count > LOOP_BYTES_MAX) {",
    mutant: "if (false) {",
    reason: FASTER,
  },
  {
    file: "src/encode/byte_writer.ts",
    original: "if (count > LOOP_BYTES_MAX) {",
    mutant: "if (count >= LOOP_BYTES_MAX) {",
    reason: FASTER,
  },
  {
    file: "src/encode/byte_writer.ts",
    original: "for (; i < wordsEnd; i += 4) view.setUint32(at + i, sourceView.getUint32(from + i));",
    mutant: "for (; false; i += 4) view.setUint32(at + i, sourceView.getUint32(from + i));",
    reason: FASTER,
  },
  {
    file: "src/encode/encoders.ts",
    original: 'return new TextFormatEncoder(format === "text" ? "prometheus" : "openmetrics", escaping);',
    mutant: 'return new TextFormatEncoder(format === "text" ? "" : "openmetrics", escaping);',
    reason: "The encoder distinguishes OpenMetrics from anything else, and the compiler refuses any other text.",
  },
  {
    file: "src/encode/exposition.ts",
    original: "written += 1;",
    mutant: "written -= 1;",
    reason: "Only multiples of a number are looked for, and counting down meets as many.",
  },
  {
    file: "src/encode/label_cache.ts",
    original: "if (next < known.length && known[next] === labels) return next;",
    mutant: "if (known[next] === labels) return next;",
    reason: OUTSIDE,
  },
  {
    file: "src/encode/label_cache.ts",
    original: "if (next < known.length && known[next] === labels) return next;",
    mutant: "if (next <= known.length && known[next] === labels) return next;",
    reason: OUTSIDE,
  },
  {
    file: "src/encode/label_cache.ts",
    original: "if (next > 0 && known[next - 1] === labels) return next - 1;",
    mutant: "if (known[next - 1] === labels) return next - 1;",
    reason: OUTSIDE,
  },
  {
    file: "src/encode/label_cache.ts",
    original: "if (next > 0 && known[next - 1] === labels) return next - 1;",
    mutant: "if (next >= 0 && known[next - 1] === labels) return next - 1;",
    reason: OUTSIDE,
  },
  {
    file: "src/encode/label_cache.ts",
    original: "for (let at = next + 1; at < known.length; at++) {",
    mutant: "for (let at = next - 1; at < known.length; at++) {",
    reason: "The positions before have just been compared.",
  },
  {
    file: "src/encode/label_cache.ts",
    original: "for (let at = next + 1; at < known.length; at++) {",
    mutant: "for (let at = next + 1; at <= known.length; at++) {",
    reason: OUTSIDE,
  },
  {
    file: "src/encode/label_cache.ts",
    original: "if (next < known.length) this.#truncate(next);",
    mutant: "if (true) this.#truncate(next);",
    reason: "Truncating to the present length changes nothing.",
  },
  {
    file: "src/encode/label_cache.ts",
    original: "if (next < known.length) this.#truncate(next);",
    mutant: "if (next <= known.length) this.#truncate(next);",
    reason: "Truncating to the present length changes nothing.",
  },
  {
    file: "src/encode/native_histogram.ts",
    original: "if (spanCount > 0) lengths[spanCount - 1] = length;",
    mutant: "if (true) lengths[spanCount - 1] = length;",
    reason: "A typed array ignores a write before its first element.",
  },
  {
    file: "src/encode/native_histogram.ts",
    original: "if (spanCount > 0) lengths[spanCount - 1] = length;",
    mutant: "if (spanCount >= 0) lengths[spanCount - 1] = length;",
    reason: "A typed array ignores a write before its first element.",
  },
  {
    file: "src/encode/negotiate.ts",
    original: 'for (const wanted of parseMediaRanges(accept ?? "").filter(({ quality }) => quality > 0)) {',
    mutant: 'for (const wanted of parseMediaRanges(accept ?? "?").filter(({ quality }) => quality > 0)) {',
    reason: "A question mark is no media range, so the header is as good as empty.",
  },
  {
    file: "src/encode/negotiate.ts",
    original: 'const accepted = parseWeightedValues(acceptEncoding ?? "");',
    mutant: "const accepted = parseWeightedValues(acceptEncoding);",
    reason: "No header is read as the text undefined, which is no encoding; the compiler refuses it.",
  },
  {
    file: "src/encode/negotiate.ts",
    original: 'const accepted = parseWeightedValues(acceptEncoding ?? "");',
    mutant: 'const accepted = parseWeightedValues(acceptEncoding ?? "?");',
    reason: "A question mark is no value, so the header is as good as empty.",
  },
  {
    file: "src/encode/negotiate.ts",
    original: "return all.length === 0 ? undefined : Math.max(...all.map(({ quality }) => quality));",
    mutant: "return false ? undefined : Math.max(...all.map(({ quality }) => quality));",
    reason: "The maximum of nothing is −∞, which is neither above zero nor zero, as little as undefined.",
  },
  {
    file: "src/encode/numbers.ts",
    original: "writer.reserve(4);",
    mutant: "",
    reason: "Seconds have thirteen digits at most, and room for seventeen has been reserved.",
  },
  {
    file: "src/encode/numbers.ts",
    original: 'return `${digits}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;',
    mutant: 'return `${digits}e${power <= 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;',
    reason: "A number with a power of zero has been returned without an exponent.",
  },
  {
    file: "src/encode/numbers.ts",
    original: "if (size < BILLION) at = writeDigits(bytes, at, size, 1);",
    mutant: "if (size <= BILLION) at = writeDigits(bytes, at, size, 1);",
    reason: "A billion has 32 bits, too.",
  },
  {
    file: "src/encode/protobuf.ts",
    original: "if (createdMs !== undefined) writeTimestamp(writer, COUNTER.created, createdMs);",
    mutant: "if (true) writeTimestamp(writer, COUNTER.created, createdMs);",
    reason: NO_TIME,
  },
  {
    file: "src/encode/protobuf.ts",
    original: "if (createdMs !== undefined) writeTimestamp(writer, SUMMARY.created, createdMs);",
    mutant: "if (true) writeTimestamp(writer, SUMMARY.created, createdMs);",
    reason: NO_TIME,
  },
  {
    file: "src/encode/report.ts",
    original: "const rate = window === undefined ? undefined : windows[window]?.rate;",
    mutant: "const rate = false ? undefined : windows[window]?.rate;",
    reason: "No window is named undefined; the condition is for the type.",
  },
  {
    file: "src/encode/report_numbers.ts",
    original: "return exact(Math.abs(value) >= 1_000 ? Math.round(value) : Number(value.toPrecision(3)));",
    mutant: "return exact(Math.abs(value) > 1_000 ? Math.round(value) : Number(value.toPrecision(3)));",
    reason: "A thousand is the same rounded to three digits and to a whole number.",
  },
  {
    file: "src/encode/report_numbers.ts",
    original:
      'return Math.abs(value) > Number.MAX_SAFE_INTEGER ? value.toExponential().replace("e+", "e") : String(value);',
    mutant:
      'return Math.abs(value) >= Number.MAX_SAFE_INTEGER ? value.toExponential().replace("e+", "e") : String(value);',
    reason: "The largest safe integer has been formatted on the line before.",
  },
  {
    file: "src/encode/text.ts",
    original: "if (createdMs !== undefined) this.#writeCreated(createdMs);",
    mutant: "if (true) this.#writeCreated(createdMs);",
    reason: NO_TIME,
  },
  {
    file: "src/encode/text.ts",
    original: "writer.text(TO_ESCAPE.test(text) ? escapeQuoted(text) : text);",
    mutant: "writer.text(true ? escapeQuoted(text) : text);",
    reason: "Escaping leaves a text without special characters as it is, and takes longer.",
  },
  {
    file: "src/encode/wire.ts",
    original: "if (value >= 0 && value < INT32_END) writeSmall(writer, value);",
    mutant: "if (false) writeSmall(writer, value);",
    reason: FASTER,
  },
  {
    file: "src/encode/wire.ts",
    original: "if (value >= 0 && value < INT32_END) writeSmall(writer, value);",
    mutant: "if (value > 0 && value < INT32_END) writeSmall(writer, value);",
    reason: FASTER,
  },
  {
    file: "src/encode/wire.ts",
    original: "if (value >= 0 && value < INT32_END) writeSmall(writer, value);",
    mutant: "if (value >= 0 && value <= INT32_END) writeSmall(writer, value);",
    reason: "The first number outside the range of int32 is shifted correctly as well, because the shift is unsigned.",
  },
  {
    file: "src/encode/wire.ts",
    original: "if (value >= -INT32_END / 2 && value < INT32_END / 2) writeSmall(writer, (value << 1) ^ (value >> 31));",
    mutant: "if (false) writeSmall(writer, (value << 1) ^ (value >> 31));",
    reason: FASTER,
  },
  {
    file: "src/encode/wire.ts",
    original: "if (value >= -INT32_END / 2 && value < INT32_END / 2) writeSmall(writer, (value << 1) ^ (value >> 31));",
    mutant: "if (value > -INT32_END / 2 && value < INT32_END / 2) writeSmall(writer, (value << 1) ^ (value >> 31));",
    reason: FASTER,
  },
  {
    file: "src/encode/wire.ts",
    original: "if (value >= -INT32_END / 2 && value < INT32_END / 2) writeSmall(writer, (value << 1) ^ (value >> 31));",
    mutant: "if (value >= INT32_END / 2 && value < INT32_END / 2) writeSmall(writer, (value << 1) ^ (value >> 31));",
    reason: FASTER,
  },
  {
    file: "src/encode/wire.ts",
    original: "const magnitude = value < 0 ? -1 - value : value;",
    mutant: "const magnitude = value <= 0 ? -1 - value : value;",
    reason: "Zero has been written by the faster way.",
  },
  {
    file: "src/encode/wire.ts",
    original: "const sign = value < 0 ? 1 : 0;",
    mutant: "const sign = value <= 0 ? 1 : 0;",
    reason: "Zero has been written by the faster way.",
  },
  {
    file: "src/encode/wire.ts",
    original: "for (; i < count; i++) {",
    mutant: "for (; false; i++) {",
    reason: FASTER,
  },
  {
    file: "src/encode/wire.ts",
    original: "if (value < -VARINT_BYTE_END / 2 || value >= VARINT_BYTE_END / 2) break;",
    mutant: "if (true) break;",
    reason: FASTER,
  },
  {
    file: "src/encode/wire.ts",
    original: "if (value < -VARINT_BYTE_END / 2 || value >= VARINT_BYTE_END / 2) break;",
    mutant: "if (value <= -VARINT_BYTE_END / 2 || value >= VARINT_BYTE_END / 2) break;",
    reason: FASTER,
  },
  {
    file: "src/encode/wire.ts",
    original: "if (value < -VARINT_BYTE_END / 2 || value >= VARINT_BYTE_END / 2) break;",
    mutant: "if (value < VARINT_BYTE_END / 2 || value >= VARINT_BYTE_END / 2) break;",
    reason: FASTER,
  },
];
