import { assertEquals } from "@std/assert";
import type { LiveStart } from "../../../src/model/live_frames.ts";
import { type Beginning, LiveClient, type Outlet } from "../../../src/serve/live/live_client.ts";
import { Message } from "../../../src/serve/live/live_message.ts";

const MEGABYTE = 2 ** 20;
const FRAME = new Message("frame", "{}");
const START: LiveStart = {
  type: "start",
  timestampMs: 1,
  intervalMs: 1_000,
  window: "1m",
  framesLost: 0,
  metrics: [],
  kpis: [],
  series: [],
};
const BEGINNING: Beginning = { start: START, message: new Message("start", JSON.stringify(START)), frame: FRAME };

/** An outlet that takes what the test lets it. */
class FakeOutlet implements Outlet {
  bufferedBytes = 0;
  /** By how much each message lets what waits grow. */
  grows = 0;
  readonly sent: Message[] = [];

  send(message: Message): void {
    this.sent.push(message);
    this.bufferedBytes += this.grows;
  }

  heartbeat(): boolean {
    return true;
  }

  end(): void {}

  terminate(): void {}
}

function setUp() {
  const outlet = new FakeOutlet();
  const client = new LiveClient(outlet, 10_000);
  const sent = () => outlet.sent.splice(0).map(({ type }) => type);
  return { outlet, client, sent };
}

Deno.test("LiveClient gets no frames before its beginning, and loses none by that", () => {
  const { client, sent } = setUp();
  assertEquals([client.offer(FRAME), client.needsBeginning], [0, true]);
  client.begin(BEGINNING);
  assertEquals([client.offer(FRAME), client.needsBeginning], [0, false]);
  assertEquals(sent(), ["start", "frame", "frame"]);
});

Deno.test("LiveClient sends no frames to a slow client until it has taken everything, then a beginning", () => {
  const { client, outlet, sent } = setUp();
  client.begin(BEGINNING);
  sent();
  outlet.bufferedBytes = MEGABYTE;
  assertEquals(client.offer(FRAME), 0);
  outlet.bufferedBytes = MEGABYTE + 1;
  assertEquals([client.offer(FRAME), client.offer(FRAME)], [1, 1]);
  outlet.bufferedBytes = 1;
  assertEquals([client.offer(FRAME), client.needsBeginning], [1, false]);
  assertEquals(sent(), ["frame"]);
  outlet.bufferedBytes = 0;
  assertEquals(client.needsBeginning, true);
  client.begin(BEGINNING);
  assertEquals(JSON.parse(outlet.sent[0].text), { ...START, framesLost: 3 });
  assertEquals([sent(), client.offer(FRAME), sent()], [["start", "frame"], 0, ["frame"]]);
});

Deno.test("LiveClient detects whether a client reads, whatever is sent to it meanwhile", () => {
  const { client, outlet } = setUp();
  client.begin(BEGINNING);
  outlet.bufferedBytes = 500;
  assertEquals([client.look(0), client.look(10_000), client.look(10_001)], [true, true, false]);
  outlet.bufferedBytes -= 1;
  assertEquals(client.look(20_000), true);
  // A frame comes on top of what waits, so more waits although something has gone.
  outlet.bufferedBytes -= 1;
  outlet.grows = 100;
  assertEquals(client.offer(FRAME), 0);
  assertEquals([client.bufferedBytes, client.look(30_001), client.look(40_002)], [598, true, false]);
  outlet.bufferedBytes = 0;
  assertEquals([client.look(90_000), client.drainedAtMs, client.look(200_000)], [true, 90_000, true]);
});

Deno.test("LiveClient begins again when its feed is interrupted", () => {
  const { client } = setUp();
  client.begin(BEGINNING);
  client.interrupt();
  assertEquals([client.needsBeginning, client.offer(FRAME)], [true, 1]);
});

Deno.test("Message makes each form once, for all clients", () => {
  const message = new Message("frame", '{"é":1}');
  assertEquals(message.bytes, new TextEncoder().encode('{"é":1}'));
  assertEquals(new TextDecoder().decode(message.event), 'event: frame\ndata: {"é":1}\n\n');
  assertEquals([message.bytes === message.bytes, message.event === message.event], [true, true]);
});
