/**
 * Scrapes a URL some times in one encoding, one after the other, each time it is told to by a line of input, from a
 * process of its own. Prints a line when it is there, and after each of them.
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
