import { assertEquals } from "@std/assert";
import { Program } from "../_support/cli/program.ts";

Deno.test("websocket prints what both ends of its connection counted, then ends by itself", async () => {
  await using program = new Program("examples/websocket/main.ts", []);
  const { code, lines, errors } = await program.end();
  assertEquals([code, errors], [0, ""]);
  const counted = ["client", "server"].flatMap((role) => {
    const labels = `name="echo",role="${role}"`;
    const both = (name: string, value: number) =>
      ["receive", "transmit"].map((direction) => `websocket_${name}{${labels},direction="${direction}"} ${value}`);
    return [
      ...both("messages_total", 3),
      ...both("bytes_total", 112),
      `websocket_connections_active{${labels}} 0`,
      `websocket_connections_opened_total{${labels}} 1`,
      `websocket_connections_closed_total{${labels}} 1`,
      `websocket_closes_total{${labels},code="1000"} 1`,
      `websocket_errors_total{${labels}} 0`,
      `websocket_message_duration_seconds_count{${labels}} 3`,
    ];
  });
  assertEquals(lines.toSorted(), counted.toSorted());
});

Deno.test("connections prints the dictionary and the same numbers as they are scraped, then ends by itself", async () => {
  await using program = new Program("examples/connections/main.ts", []);
  const { code, lines, errors } = await program.end();
  assertEquals([code, errors], [0, ""]);
  const dictionary = lines.slice(0, 14).map((line) => line.trim());
  assertEquals(dictionary.slice(4, 9), [
    ...["messagesSent: 2,", "messagesQueued: 2,", "messagesFailed: 3,", "retryAttempts: 3,", "retrySuccesses: 1,"],
  ]);
  assertEquals(lines.slice(14), [
    ...["feed_opened_total 1", "feed_closed_total 1"],
    ...["feed_messages_sent_total 2", "feed_messages_queued_total 2", "feed_messages_failed_total 3"],
    ...["feed_retry_attempts_total 3", "feed_retry_successes_total 1", "feed_retry_failures_total 2"],
    "feed_retry_success_ratio 0.3333333333333333",
    ...[["closed", "open", 1], ["open", "half-open", 1], ["half-open", "closed", 1], ["half-open", "open", 0]].map(
      ([from, to, count]) => `feed_circuit_breaker_state_changes_total{from="${from}",to="${to}"} ${count}`,
    ),
  ]);
});
