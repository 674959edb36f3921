import { assertEquals } from "@std/assert";
import { define } from "../../src/instrument/definition.ts";
import { sampleNames } from "../../src/model/sample_names.ts";

Deno.test("sampleNames includes the family's name and its created time in OpenMetrics", () => {
  assertEquals(sampleNames(define("counter", "orders", { unit: "bytes" })), [
    "orders_bytes",
    "orders_bytes_total",
    "orders_bytes_created",
  ]);
  assertEquals(sampleNames(define("gauge", "queue_depth", {})), ["queue_depth"]);
  assertEquals(sampleNames(define("timer", "job", {})), [
    ...["", "_bucket", "_sum", "_count", "_created"].map((suffix) => `job_seconds${suffix}`),
    ...["", "_sum", "_count", "_created"].map((suffix) => `job_window_seconds${suffix}`),
  ]);
});

Deno.test("sampleNames includes the names under each escaping", () => {
  const stems = ["http_gr__e", "http_dot_gr____e_", "U__http_2e_gr_f6__df_e_"];
  assertEquals(
    sampleNames(define("counter", "http.größe", {})),
    stems.flatMap((stem) => [stem, `${stem}_total`, `${stem}_created`]),
  );
});
