import { assertRejects } from "@std/assert";
import { AttachedClient } from "../../../src/threads/attached/attached_client.ts";
import { ThreadConnections } from "../../../src/threads/main/thread_connections.ts";
import { UnreachableError } from "../../../src/threads/request_channel.ts";

const NO_LISTENER = { onEnded() {}, onRemoved() {} };

for (
  const [what, fail] of [
    ["fails", (connections) => connections.suspend("its worker failed")],
    ["ends", (connections) => connections.end("it is closed", false)],
  ] satisfies [string, (connections: ThreadConnections) => void][]
) {
  Deno.test(`a thread that leaves is refused if the aggregator ${what} after taking its records, before it answers`, async () => {
    const connections = new ThreadConnections(() => {});
    const { ports } = connections.connect(64);
    const thread = new AttachedClient(ports, NO_LISTENER);
    const leaving = thread.request("leave");
    connections.settle({ type: "departed", thread: 0, reader: 0, announced: 0 });
    fail(connections);
    try {
      await assertRejects(() => leaving, UnreachableError);
    } finally {
      thread.close();
    }
  });
}
