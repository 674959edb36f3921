import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Program, valueOf } from "../_support/cli/program.ts";

Deno.test("instruments main reports each instrument, its objective and what was rejected", async () => {
  await using program = new Program("examples/instruments/main.ts", [], { permissions: ["--allow-read=src"] });
  const { code, lines, errors } = await program.end();
  assertEquals([code, errors], [0, ""]);
  const text = lines.join("\n");

  assertMatch(lines[0], /^http_request_duration_seconds: [1-4] above the threshold$/);
  assertMatch(text, /^http_request_duration_seconds +4 .* 99 % within 100 ms: breached/m);
  assertMatch(text, /^order_items +3 /m);
  assertMatch(text, /^orders_waiting +8 +gauge$/m);
  assertStringIncludes(text, 'build_info{version="1.2.3",commit="9fceb02"}');
  assertMatch(text, /^http_responses_total\{status="400"\} +1 +counter$/m);
  assertEquals(valueOf(text, 'http_request_body_bytes_bucket{le="16"}'), 3);
  assertEquals(valueOf(text, 'hotpath_records_rejected_total{reason="nan"}'), 1);
});
