import { assertEquals } from "@std/assert";
import { define } from "../../src/instrument/definition.ts";
import { sampleNames } from "../../src/model/sample_names.ts";

Deno.test("sampleNames holds what OpenMetrics writes: the name of the family, and when it was created", () => {
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

Deno.test("sampleNames are those that scrapers get under each escaping", () => {
  const stems = ["http_gr__e", "http_dot_gr____e_", "U__http_2e_gr_f6__df_e_"];
  assertEquals(
    sampleNames(define("counter", "http.größe", {})),
    stems.flatMap((stem) => [stem, `${stem}_total`, `${stem}_created`]),
  );
});
