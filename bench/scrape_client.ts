/**
 * Scrapes a URL some times, one after the other, from a process of its own, and prints the bytes of the last answer.
 *
 * @module
 */

const [url, times] = Deno.args;
let bytes = 0;
for (let i = 0; i < Number(times); i++) {
  const response = await fetch(url);
  bytes = (await response.bytes()).length;
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
}
console.log(bytes);
