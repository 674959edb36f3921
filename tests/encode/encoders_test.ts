import { assert, assertEquals, assertInstanceOf, assertNotStrictEquals, assertStrictEquals } from "@std/assert";
import { Encoders } from "../../src/encode/encoders.ts";
import { ProtobufEncoder } from "../../src/encode/protobuf.ts";
import { TextFormatEncoder } from "../../src/encode/text.ts";

const PROTOBUF = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited";

Deno.test("Encoders.choose returns the same encoder for the same format and escaping, whatever the client writes", () => {
  const encoders = new Encoders();
  const { encoder, contentType } = encoders.choose("text/plain;version=0.0.4");
  assertInstanceOf(encoder, TextFormatEncoder);
  assert(contentType.startsWith("text/plain"));
  for (const accept of [undefined, "*/*", "text/plain;escaping=underscores"]) {
    assertStrictEquals(encoders.choose(accept).encoder, encoder, accept);
  }
});

Deno.test("Encoders.choose returns an encoder per format and escaping", () => {
  const encoders = new Encoders();
  const headers = ["text/plain", "application/openmetrics-text", PROTOBUF].flatMap((type) =>
    ["underscores", "values"].map((escaping) => `${type};escaping=${escaping}`)
  );
  const all = headers.map((accept) => encoders.choose(accept).encoder);
  assertEquals(new Set(all).size, headers.length);
  assertEquals(all.map((each) => each instanceof ProtobufEncoder), [false, false, false, false, true, true]);
  // An exposition without families ends with a line in OpenMetrics only.
  const empty = all.map((each) => new TextDecoder().decode(each.end()));
  assertEquals(empty, ["", "", "# EOF\n", "# EOF\n", "", ""]);
  assertNotStrictEquals(new Encoders().choose("text/plain").encoder, all[0]);
});
