/**
 * A client in its own process: prints a line when it is ready, then for each line of input scrapes a URL some times in one
 * encoding, one after the other, and prints a line.
 *
 * @module
 */

const [url, times, encoding] = Deno.args;
const headers = { "accept-encoding": encoding };
const input = new Uint8Array(1);

console.log("ready");
while (await Deno.stdin.read(input) !== null) {
  for (let i = 0; i < Number(times); i++) {
    const response = await fetch(url, { headers });
    await response.bytes();
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  }
  console.log("done");
}
