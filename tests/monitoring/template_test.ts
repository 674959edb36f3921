import { assertEquals } from "@std/assert";
import { unitOfRate, unitOfValue } from "../../src/monitoring/template.ts";

Deno.test("unitOfValue shows thresholds as people write them, beside the value that fires", () => {
  const shown = ([unit, threshold]: readonly [string, number]) => {
    const { value, format } = unitOfValue(unit);
    return [value, format(threshold)];
  };
  const cases = [["seconds", 0.01], ["seconds", 90], ["seconds", 0], ["seconds", 2e-5]] as const;
  assertEquals(cases.map(shown).map(([, limit]) => limit), ["10ms", "90s", "0s", "0.02ms"]);
  assertEquals(shown(["seconds", 1]), ["{{ $value | humanizeDuration }}", "1s"]);
  assertEquals(shown(["bytes", 536_870_912]), ["{{ $value | humanize1024 }}B", "512MiB"]);
  assertEquals(shown(["bytes", 1_000]), ["{{ $value | humanize1024 }}B", "1000B"]);
  assertEquals(shown(["ratio", 0.07]), ["{{ $value | humanizePercentage }}", "7%"]);
  assertEquals(shown(["", 1_000]), ["{{ $value | humanize }}", "1000"]);
  assertEquals(shown(["orders", 1_000]), ["{{ $value | humanize }} orders", "1000 orders"]);
});

Deno.test("unitOfRate has cores for CPU time, a share for other times, and all else per second", () => {
  const shown = (unit: string, name: string) => {
    const { value, format } = unitOfRate(unit, name);
    return [value, format(0.5)];
  };
  assertEquals(shown("seconds", "process_cpu_seconds_total"), ['{{ $value | printf "%.2f" }} cores', "0.5 cores"]);
  assertEquals(shown("seconds", "blocked_seconds_total"), ["{{ $value | humanizePercentage }}", "50%"]);
  assertEquals(shown("bytes", "sent_bytes_total"), ["{{ $value | humanize1024 }}B/s", "0.5B/s"]);
  assertEquals(shown("", "orders_total"), ["{{ $value | humanize }}/s", "0.5/s"]);
});
