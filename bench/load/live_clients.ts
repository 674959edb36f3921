/**
 * Clients of a live feed, in their own process: at each line of input they connect, or print what they received and
 * disconnect.
 *
 * @module
 */

const [url, count] = Deno.args;
const input = new Uint8Array(1);

/** Received messages. */
interface Received {
  frames: number;
  bytes: number;
  restarts: number;
}

function connect(received: Received): Promise<WebSocket> {
  const { promise, resolve, reject } = Promise.withResolvers<WebSocket>();
  const socket = new WebSocket(url);
  let starts = 0;
  socket.onmessage = ({ data }) => {
    // Not parsed: what clients do with it is not measured here.
    if (data.startsWith('{"type":"start"')) {
      starts += 1;
      if (starts > 1) received.restarts += 1;
      return resolve(socket);
    }
    received.frames += 1;
    received.bytes += data.length;
  };
  socket.onerror = () => reject(new Error(`${url} could not be followed`));
  return promise;
}

async function disconnect(socket: WebSocket): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.onclose = () => resolve();
  socket.close();
  await promise;
}

let [sockets, received]: [WebSocket[], Received] = [[], { frames: 0, bytes: 0, restarts: 0 }];
console.log("ready");
while (await Deno.stdin.read(input) !== null) {
  if (sockets.length === 0) {
    received = { frames: 0, bytes: 0, restarts: 0 };
    sockets = await Promise.all(Array.from({ length: Number(count) }, () => connect(received)));
    console.log("connected");
  } else {
    const summary = JSON.stringify(received);
    await Promise.all(sockets.map(disconnect));
    sockets = [];
    console.log(summary);
  }
}
