import { assert, assertEquals } from "@std/assert";
import { hostsOf } from "../../../src/serve/auth/hosts.ts";
import { listen } from "../../../src/serve/listener.ts";
import type { ListenOptions } from "../../../src/model/serving.ts";
import { handshakeTo } from "../../_support/serve/live_sockets.ts";
import { assertProblem } from "../../_support/serve/problems.ts";
import { responseOf, sendRaw } from "../../_support/serve/raw.ts";
import { settingsWith, sourceOf } from "../../_support/serve/sources.ts";

const AUTH = { bearer: "s3cret" };

async function serving(changes: Partial<ListenOptions>, use: (port: number) => Promise<void>): Promise<void> {
  const listener = await listen(sourceOf(10), settingsWith(changes));
  try {
    await use(listener.address.port);
  } finally {
    await listener.close();
  }
}

/** Returns the answer to a GET with these header lines. */
async function answerTo(port: number, lines: readonly string[], start = "GET /metrics HTTP/1.1"): Promise<Response> {
  return responseOf(await sendRaw(port, [start, ...lines, "Connection: close", "", ""].join("\r\n")));
}

Deno.test("listen on loopback without auth answers only to the names of this machine, at any port", async () => {
  await serving({}, async (port) => {
    const own = ["localhost", "LOCALHOST", "localhost.", "hotpath.localhost", "127.0.0.1", "127.1.2.3", "[::1]"];
    for (const host of own.flatMap((name) => [name, `${name}:${port}`, `${name}:1`])) {
      assertEquals([host, (await answerTo(port, [`Host: ${host}`])).status], [host, 200]);
    }
    const others = ["evil.example", `evil.example:${port}`, "127.0.0.1.evil.example", "localhost.evil.example"];
    for (const host of [...others, "x127.0.0.1", "192.0.2.1", "[2001:db8::1]", "[::1].evil.example:1"]) {
      const response = await answerTo(port, [`Host: ${host}`]);
      assertEquals([host, [400, 421].includes(response.status)], [host, true]);
      assert(!(await response.text()).includes("#"));
    }
    await assertProblem(await answerTo(port, ["Host: evil.example"]), 421, "this server does not accept the Host");
    const whole = "GET http://evil.example/metrics HTTP/1.1";
    await assertProblem(await answerTo(port, ["Host: localhost"], whole), 421, "this server does not accept the Host");
  });
});

Deno.test("listen refuses requests for another host on every route, method and protocol", async () => {
  await serving({}, async (port) => {
    for (const path of ["/", "/health", "/metrics.json", "/live/sse", "/nothing", "/admin/settings"]) {
      for (const method of ["GET", "POST", "OPTIONS"]) {
        const response = await answerTo(port, ["Host: evil.example"], `${method} ${path} HTTP/1.1`);
        await assertProblem(response, 421, "this server does not accept the Host");
      }
    }
    const handshake = handshakeTo("/live", { host: "evil.example", origin: "http://evil.example" });
    await assertProblem(responseOf(await sendRaw(port, handshake)), 421, "this server does not accept the Host");
  });
});

Deno.test("listen refuses a request that does not name one host clearly", async () => {
  for (const auth of [undefined, AUTH]) {
    await serving({ auth }, async (port) => {
      for (const hosts of [["localhost", "evil.example"], ["localhost", "localhost"]]) {
        const lines = hosts.map((host) => `Host: ${host}`);
        await assertProblem(await answerTo(port, lines), 400, "the request must have one Host");
      }
      for (
        const host of ["", "a b", "localhost:x", "localhost:123456", "user@localhost", "a/b", "[::1", "::1", "a,b c"]
      ) {
        await assertProblem(await answerTo(port, [`Host: ${host}`]), 400, "the Host must be a name or an address");
      }
      await assertProblem(await answerTo(port, []), 400, "the request must have a Host");
      const upgrade = handshakeTo("/live").replace("HTTP/1.1", "HTTP/1.0").replace("host: 127.0.0.1\r\n", "");
      await assertProblem(responseOf(await sendRaw(port, upgrade)), 400, "the request must have a Host");
    });
  }
  await serving({}, async (port) => {
    assertEquals((await answerTo(port, [], "GET /metrics HTTP/1.0")).status, 200);
  });
});

Deno.test("listen with auth answers to any name unless allowedHosts is set, and without auth to allowedHosts", async () => {
  const name = "Host: metrics.example.com:8080";
  await serving({ auth: AUTH }, async (port) => {
    assertEquals((await answerTo(port, [name, `Authorization: Bearer ${AUTH.bearer}`])).status, 200);
  });
  const allowedHosts = ["Metrics.Example.com", "2001:db8::1", "[2001:db8::2]"];
  for (const auth of [undefined, AUTH]) {
    await serving({ auth, allowedHosts }, async (port) => {
      const lines = [`Authorization: Bearer ${AUTH.bearer}`];
      for (const host of ["metrics.example.com:8080", "[2001:db8::1]:1", "[2001:db8::2]", "localhost"]) {
        assertEquals([host, (await answerTo(port, [`Host: ${host}`, ...lines])).status], [host, 200]);
      }
      await assertProblem(await answerTo(port, ["Host: evil.example", ...lines]), 421, "allowedHosts can add it");
    });
  }
});

Deno.test("hostsOf limits no server that others can reach, and includes its own host by name", () => {
  const of = (host: string, address: string, allowedHosts?: string[]) =>
    hostsOf({ host, auth: undefined, allowedHosts }, address);
  for (const address of ["0.0.0.0", "::", "192.0.2.1", "2001:db8::1"]) assertEquals(of(address, address), undefined);
  for (const address of ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"]) {
    assert(of("devbox", address)?.("devbox"));
  }
  assertEquals(of("devbox", "127.0.0.1")?.("evil.example"), false);
  assertEquals(of("0.0.0.0", "0.0.0.0", ["a.example"])?.("evil.example"), false);
});

Deno.test("listen on ::1 answers to [::1] with its port", async () => {
  const listener = await listen(sourceOf(10), settingsWith({ host: "::1" })).catch((error) => {
    // A machine without IPv6.
    assert(/this machine has no such address|permission is missing/.test(error.message), error.message);
  });
  if (listener === undefined) return;
  try {
    const response = await fetch(`http://[::1]:${listener.address.port}/metrics`);
    assertEquals([response.status, await response.text()], [200, "#".repeat(10)]);
  } finally {
    await listener.close();
  }
});
