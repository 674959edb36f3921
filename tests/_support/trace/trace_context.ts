/**
 * The published tests of W3C Trace Context, for anything that takes a request and sends others because of it.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { testCases } from "../cases.ts";

/** The headers of a request, a name more than once among them. */
export type HeaderPairs = readonly (readonly [name: string, value: string])[];

/** Handles a request, and returns the headers of three requests that it caused. */
export type TracedService = (headers: HeaderPairs) => readonly Headers[] | Promise<readonly Headers[]>;

interface Step {
  readonly request_headers: HeaderPairs;
  readonly expect: readonly Expectation[];
}

interface Case {
  readonly name: string;
  readonly steps: readonly Step[];
}

/** One of these. */
interface Expectation {
  readonly is?: Fields;
  readonly is_not?: Fields;
  readonly tracestate_is?: Readonly<Record<string, string>>;
  readonly tracestate_absent?: string;
  /** A line of the tests' source. */
  readonly note?: string;
}

interface Fields {
  readonly trace_id?: string;
  readonly parent_id?: string;
}

/** Headers of the requests, and the member of `tracestate` that the vectors omit. */
interface Sent {
  readonly traceIds: ReadonlySet<string>;
  readonly parentIds: ReadonlySet<string>;
  readonly flags: ReadonlySet<string>;
  readonly tracestate: string;
  readonly members: ReadonlyMap<string, string>;
  readonly lost: Member | undefined;
}

interface Member {
  readonly key: string;
  readonly value: string;
}

const CASES_COUNT = 41;
const REQUESTS_COUNT = 83;
const CALLS_COUNT = 3;
const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-0[0-3]$/;

const LETTERS = "abcdefghijklmnopqrstuvwxyz";
const PRINTABLE = Array.from({ length: 0x7f - 0x20 }, (_, i) => String.fromCharCode(0x20 + i)).join("");
const ALL_VALUE = PRINTABLE.replaceAll(/[,=]/g, "");

/** Members that the tests build while they run, which is not in the vectors: after their docs, by test and step. */
const LOST_MEMBERS: Readonly<Record<string, readonly Member[]>> = {
  test_tracestate_all_allowed_characters: [
    { key: `${LETTERS}0123456789_-*/`, value: ALL_VALUE },
    { key: `${LETTERS}0123456789_-*/@a-z0-9_-*/`, value: ALL_VALUE },
  ],
  test_tracestate_key_length_limit: [
    { key: "z".repeat(256), value: "1" },
    { key: "z".repeat(257), value: "1" },
    { key: `${"t".repeat(241)}@${"v".repeat(14)}`, value: "1" },
    { key: `${"t".repeat(242)}@v`, value: "1" },
    { key: `t@${"v".repeat(15)}`, value: "1" },
  ],
};

/** Registers a test that a service passes all of them. */
export function testTraceContext(name: string, service: TracedService): void {
  testCases<Case>(name, "traceparent/w3c-trace-context.json", async (cases) => {
    let requests = 0;
    for (const { name, steps } of cases) {
      for (const [i, { request_headers, expect }] of steps.entries()) {
        const lost = LOST_MEMBERS[name]?.[i];
        const sent = sentBy(await service(requestOf(request_headers, lost)), lost);
        for (const expectation of expect) check(expectation, sent, `${name}, request ${i}`);
        requests++;
      }
    }
    assertEquals([cases.length, requests], [CASES_COUNT, REQUESTS_COUNT]);
  });
}

/** Tabs are written as two characters in the vectors. */
function requestOf(headers: HeaderPairs, lost: Member | undefined): HeaderPairs {
  const pairs = headers.map(([name, value]) => [name, value.replaceAll("\\t", "\t")] as const);
  return lost === undefined ? pairs : [...pairs, ["tracestate", `${lost.key}=${lost.value}`]];
}

function sentBy(requests: readonly Headers[], lost: Member | undefined): Sent {
  assertEquals(requests.length, CALLS_COUNT);
  const parents = requests.map((headers) => headers.get("traceparent") ?? "");
  for (const parent of parents) assertMatch(parent, TRACEPARENT);
  const parts = parents.map((parent) => parent.split("-"));
  const [tracestate, ...others] = new Set(requests.map((headers) => headers.get("tracestate") ?? ""));
  assertEquals(others, []);
  return {
    traceIds: new Set(parts.map(([, traceId]) => traceId)),
    parentIds: new Set(parts.map(([, , parentId]) => parentId)),
    flags: new Set(parts.map(([, , , flags]) => flags)),
    tracestate,
    members: new Map(tracestate.split(",").filter((each) => each !== "").map(splitMember)),
    lost,
  };
}

function splitMember(member: string): [string, string] {
  const at = member.indexOf("=");
  return [member.slice(0, at), member.slice(at + 1)];
}

function check(expectation: Expectation, sent: Sent, where: string): void {
  const { is = {}, is_not = {}, tracestate_is = {}, tracestate_absent, note } = expectation;
  if (is.trace_id !== undefined) assertEquals([...sent.traceIds], [is.trace_id], where);
  if (is.parent_id !== undefined) assertEquals([...sent.parentIds], [is.parent_id], where);
  assert(is_not.trace_id === undefined || !sent.traceIds.has(is_not.trace_id), where);
  assert(is_not.parent_id === undefined || !sent.parentIds.has(is_not.parent_id), where);
  for (const [key, value] of Object.entries(tracestate_is)) assertEquals(sent.members.get(key), value, where);
  assert(tracestate_absent === undefined || !sent.members.has(tracestate_absent), where);
  if (note !== undefined) assert(holds(note, sent), `${where}: ${note}`);
}

/** The lines of the tests' source, by how they are written; a line that is not among them fails. */
const NOTES: readonly [pattern: RegExp, holds: (match: readonly string[], sent: Sent) => boolean][] = [
  [/^assertIn ['"](.+)['"], tracestate$/, ([, key], { members }) => members.has(key)],
  [/^assertIn key\w*, tracestate$/, (_, { members, lost }) => lost !== undefined && members.has(lost.key)],
  [
    /^assertEqual tracestate\[key\w*\], ('1'|value)$/,
    (_, { members, lost }) => lost !== undefined && members.get(lost.key) === lost.value,
  ],
  [/^assertEqual len\(parent_ids\), (\d+)$/, ([, count], { parentIds }) => parentIds.size === Number(count)],
  [/^assertEqual len\(trace_ids\), (\d+)$/, ([, count], { traceIds }) => traceIds.size === Number(count)],
  [/^assertEqual len\(tracestate\), (\d+)$/, ([, count], { members }) => members.size === Number(count)],
  // Both of two requests that have no traceparent: what they have besides is gone.
  [/^assertEqual len\(tracestate1\), len\(tracestate2\)$/, (_, { members }) => members.size === 0],
  [/^assertTrue '(\w+)' in trace_ids$/, ([, traceId], { traceIds }) => traceIds.has(traceId)],
  [/^assertFalse '(\w+)' in trace_ids$/, ([, traceId], { traceIds }) => !traceIds.has(traceId)],
  [/^assertTrue '([^']+)' in str\(tracestate\)$/, ([, text], { tracestate }) => tracestate.includes(text)],
  [
    /^assertTrue '([^']+)' in str\(tracestate\) or '([^']+)' in str\(tracestate\)$/,
    ([, first, second], { tracestate }) => tracestate.includes(first) || tracestate.includes(second),
  ],
  [
    /^assertTrue str\(tracestate\)\.index\('([^']+)'\) < str\(tracestate\)\.index\('([^']+)'\)$/,
    ([, first, second], { tracestate }) =>
      tracestate.includes(first) && tracestate.indexOf(first) < tracestate.indexOf(second),
  ],
  // That of several headers one is empty: what goes out has no empty header.
  [
    /^assertTrue not tracestate or tracestate != ''$/,
    (_, { tracestate, members }) => tracestate === "" || members.size > 0,
  ],
  [
    /^assert_bit_set traceparent\.trace_flags, (\d+), "[^"]+"$/,
    ([, bit], { flags }) => [...flags].every((each) => (Number.parseInt(each, 16) & Number(bit)) !== 0),
  ],
];

function holds(note: string, sent: Sent): boolean {
  for (const [pattern, isTrue] of NOTES) {
    const match = pattern.exec(note);
    if (match !== null) return isTrue(match, sent);
  }
  throw new Error(`Cannot check ${JSON.stringify(note)}`);
}
