/**
 * Label of a close code. The peer chooses the code, so only registered codes become label values.
 *
 * Source: RFC 6455, section 7.4, and the IANA registry "WebSocket Close Code Number".
 *
 * @module
 */

const ABNORMAL = 1006;
const KNOWN: ReadonlySet<number> = new Set([
  ...[1000, 1001, 1002, 1003, 1005, ABNORMAL, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 1015],
  ...[3000, 3003, 3008],
]);

/** Returns the code itself if it is registered, otherwise its thousand such as `"4xxx"`, or `"other"`. */
export function closeCodeLabel(code: number): string {
  // Deno reports 0 for a connection that was never established, where browsers report 1006.
  if (code === 0) return String(ABNORMAL);
  if (KNOWN.has(code)) return String(code);
  return code >= 1_000 && code < 5_000 ? `${Math.floor(code / 1_000)}xxx` : "other";
}
