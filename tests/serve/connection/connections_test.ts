import { assert, assertEquals } from "@std/assert";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { setImmediate } from "node:timers/promises";
import { Connections } from "../../../src/serve/connection/connections.ts";
import { readAll, writeAll } from "../../_support/serve/raw.ts";

const MAX = 8;
/** That have shown no credentials. */
const STRANGERS_MAX = 4;
const ASK = "GET / HTTP/1.1\r\nhost: localhost\r\n\r\n";

/** Server with few connections that admits clients of `/admit`, and answers when the test says so. */
async function serving(
  isOpen: boolean,
  use: (test: {
    connect(): Promise<Deno.Conn>;
    connections: Connections;
    /** Asks for what is answered later. */
    wait(connection: Deno.Conn, request?: string): Promise<void>;
    answer(): void;
  }) => Promise<void>,
): Promise<void> {
  let answered = Promise.withResolvers<void>();
  let waiting = 0;
  const server = createServer();
  const connections = new Connections(server, isOpen, false, MAX);
  server.on("request", async (message, response) => {
    const connection = connections.of(message.socket);
    connection?.begin(message, response);
    if (message.url?.startsWith("/admit")) connection?.admit();
    if (message.url?.endsWith("/wait")) {
      waiting += 1;
      await answered.promise;
    }
    response.end("ok");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const opened: Deno.Conn[] = [];
  try {
    await use({
      connect: async () => {
        const connection = await Deno.connect({ hostname: "127.0.0.1", port });
        opened.push(connection);
        return connection;
      },
      connections,
      wait: async (connection, request = ASK.replace("/", "/wait")) => {
        const before = waiting;
        await writeAll(connection, request);
        while (waiting === before) await setImmediate();
      },
      answer: () => {
        answered.resolve();
        answered = Promise.withResolvers();
      },
    });
  } finally {
    for (const connection of opened) connection.close();
    answered.resolve();
    connections.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** Asks, and waits for the first bytes of the answer. */
async function ask(connection: Deno.Conn, target = "/"): Promise<string> {
  await writeAll(connection, ASK.replace("/", target));
  const bytes = new Uint8Array(1_000);
  return new TextDecoder().decode(bytes.subarray(0, await connection.read(bytes) ?? 0)).slice(0, 12);
}

async function isOpen(connection: Deno.Conn): Promise<boolean> {
  return await ask(connection).catch(() => "") === "HTTP/1.1 200";
}

Deno.test("Connections replaces the oldest without credentials by a new one, and no other", async () => {
  await serving(false, async ({ connect, connections }) => {
    const known = [await connect(), await connect()];
    for (const connection of known) assertEquals(await ask(connection, "/admit"), "HTTP/1.1 200");
    const strangers: Deno.Conn[] = [];
    for (let i = 0; i < 100; i++) {
      const stranger = await connect();
      // It is a connection once it is answered.
      assertEquals(await ask(stranger), "HTTP/1.1 200");
      strangers.push(stranger);
      assert(connections.size <= MAX);
    }
    for (const stranger of strangers.slice(0, -STRANGERS_MAX)) assertEquals(await readAll(stranger), "");
    for (const connection of [...known, ...strangers.slice(-STRANGERS_MAX)]) assert(await isOpen(connection));
  });
});

Deno.test("Connections admits a client with credentials while idle ones without hold all places", async () => {
  await serving(false, async ({ connect, connections }) => {
    const idle = await Promise.all(Array.from({ length: 4 * MAX }, connect));
    const real = await connect();
    assertEquals(await ask(real, "/admit"), "HTTP/1.1 200");
    idle.push(...await Promise.all(Array.from({ length: 4 * MAX }, connect)));
    assertEquals(await ask(await connect()), "HTTP/1.1 200");
    assert(await isOpen(real));
    assert(connections.size <= MAX);
  });
});

Deno.test("Connections ends those that wait for an answer after those that do not, and never one with credentials", async () => {
  await serving(false, async ({ connect, wait, answer }) => {
    const known = await connect();
    await ask(known, "/admit");
    await wait(known, ASK.replace("/", "/admit/wait"));
    const waiting = await connect();
    await wait(waiting);
    for (let i = 0; i < 2 * MAX; i++) assertEquals(await ask(await connect()), "HTTP/1.1 200");
    const answers = Promise.all([known, waiting].map((connection) => connection.read(new Uint8Array(100))));
    answer();
    assert((await answers).every((bytes) => bytes !== null));

    const busy: Deno.Conn[] = [];
    for (let i = 0; i < MAX; i++) {
      busy.push(await connect());
      await ask(busy[i], "/admit");
      await wait(busy[i], ASK.replace("/", "/admit/wait"));
    }
    // None of them could be ended for it.
    assertEquals(await readAll(await connect()), "");
    const all = Promise.all(busy.map((connection) => connection.read(new Uint8Array(100))));
    answer();
    assert((await all).every((bytes) => bytes !== null));
  });
});

Deno.test("Connections without required credentials ends the one that has been idle longest", async () => {
  await serving(true, async ({ connect }) => {
    const first = await connect();
    await ask(first);
    const others = [];
    for (let i = 0; i < MAX - 1; i++) {
      others.push(await connect());
      await ask(others[i]);
    }
    // It has asked for something since.
    await ask(first);
    assertEquals(await ask(await connect()), "HTTP/1.1 200");
    assert(await isOpen(first));
    assertEquals(await readAll(others[0]), "");
  });
});

Deno.test("Connections without required credentials admits others while all wait for a body or for an answer", async () => {
  await serving(true, async ({ connect, connections, wait, answer }) => {
    const upload = ASK.replace("GET /", "POST /wait").replace("\r\n\r\n", "\r\ncontent-length: 10\r\n\r\nabc");
    const first = await connect();
    await wait(first);
    const uploads = [];
    for (let i = 0; i < 4 * MAX; i++) {
      uploads.push(await connect());
      await wait(uploads[i], upload);
    }
    assertEquals(await ask(await connect()), "HTTP/1.1 200");
    // It waits for its answer, and the others for nothing.
    const answered = first.read(new Uint8Array(100));
    answer();
    assert(await answered !== null);

    for (let i = 0; i < 2 * MAX; i++) await wait(await connect());
    assertEquals(await ask(await connect()), "HTTP/1.1 200");
    assert(connections.size <= MAX);
  });
});

for (const isTls of [false, true]) {
  Deno.test(`Connections reads no more of a client that waits for an answer, ${isTls ? "https" : "http"}`, async () => {
    const [cert, key, ca] = await Promise.all(
      ["cert", "key", "ca"].map((name) => Deno.readTextFile(new URL(`../tls/${name}.pem`, import.meta.url))),
    );
    const server = isTls ? createTlsServer({ cert, key }) : createServer();
    const connections = new Connections(server, false, isTls, MAX);
    let line: Socket | undefined;
    server.on("connection", (socket: Socket) => line = socket);
    server.on("request", (message, response) => connections.of(message.socket)?.begin(message, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const client = isTls
      ? await Deno.connectTls({ hostname: "localhost", port, caCerts: [ca] })
      : await Deno.connect({ hostname: "127.0.0.1", port });
    const sent = (async () => {
      const bytes = ASK.repeat(1_000);
      while (true) await writeAll(client, bytes);
    })();
    try {
      while (line?.isPaused() !== true && (line?.bytesRead ?? 0) < 2 ** 24) await setImmediate();
      for (let i = 0; i < 100; i++) await setImmediate();
      assert(line!.bytesRead < 2 ** 20, `${line!.bytesRead}`);
    } finally {
      connections.destroy();
      await sent.catch(() => {});
      client.close();
      await new Promise((resolve) => server.close(resolve));
    }
  });
}
