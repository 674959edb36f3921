/**
 * Scrapes a URL until it gets SIGTERM, in text and in protobuf by turns, and reads each answer to its last byte. Prints
 * `ready` once it has seen one of each, and at the end how many there were, and what was wrong with them.
 *
 * @module
 */

import { decodeFamilies } from "../encode/metrics_proto.ts";
import { histogramOfProto } from "../encode/proto_histogram.ts";
import { validate } from "../encode/span_histogram.ts";
import { parseText } from "./parse_text.ts";

/** What was seen. */
export interface CheckingReport {
  /** Answers in text. */
  readonly texts: number;
  /** Answers in protobuf. */
  readonly protobufs: number;
  /** What was wrong, without what was wrong after it. */
  readonly wrong?: string;
}

/** What an answer says. */
interface Seen {
  /** By pair: the counter. */
  readonly counters: Readonly<Record<string, number>>;
  /** The count of the histogram. */
  readonly sizes: number;
}

const PROTOBUF = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited";

const COUNTER = "orders_total";
const HISTOGRAM = "message_bytes";

/** How many series the counter has: that of the pair `SYM-7` is 7, and so on. */
export const COUNTERS = 100;

async function bodyOf(url: string, accept: string): Promise<Uint8Array> {
  const response = await fetch(url, { headers: { accept } });
  const body = await response.bytes();
  const [type] = response.headers.get("content-type")?.split(";") ?? [];
  if (!response.ok || type !== accept.split(";")[0]) throw new Error(`answered ${response.status} with ${type}`);
  return body;
}

async function seenInText(url: string): Promise<Seen> {
  const text = new TextDecoder("utf-8", { fatal: true }).decode(await bodyOf(url, "text/plain"));
  const samples = parseText(text).flatMap((family) => family.samples);
  const counters = samples.filter(({ name }) => name === COUNTER).map(({ labels, value }) => [labels.pair, value]);
  const sizes = samples.find(({ name }) => name === `${HISTOGRAM}_count`)?.value ?? NaN;
  return { counters: Object.fromEntries(counters), sizes };
}

async function seenInProtobuf(url: string): Promise<Seen> {
  const families = decodeFamilies(await bodyOf(url, PROTOBUF));
  const metricsOf = (name: string) => families.find((family) => family.name === name)?.metric ?? [];
  for (const { metric = [] } of families) {
    for (const { histogram } of metric) if (histogram !== undefined) validate(histogramOfProto(histogram));
  }
  const counters = metricsOf(COUNTER).map(({ label = [], counter }) => [label[0].value, counter?.value ?? 0]);
  const sizes = Number(metricsOf(HISTOGRAM)[0]?.histogram?.sample_count);
  return { counters: Object.fromEntries(counters), sizes };
}

/** What is wrong with an answer, if anything is. */
function problemOf({ counters, sizes }: Seen, sizesBefore: number): string | undefined {
  for (let i = 0; i < COUNTERS; i++) {
    const value = counters[`SYM-${i}`];
    if (value !== i) return `${COUNTER} of SYM-${i} is ${value}`;
  }
  return sizes >= sizesBefore ? undefined : `${HISTOGRAM} went from ${sizesBefore} to ${sizes}`;
}

if (import.meta.main) {
  const [url] = Deno.args;
  let isOver = false;
  Deno.addSignalListener("SIGTERM", () => isOver = true);
  const counts = { texts: 0, protobufs: 0 };
  let wrong: string | undefined;
  let sizes = 0;
  try {
    while (!isOver && wrong === undefined) {
      const isText = counts.texts === counts.protobufs;
      const seen = isText ? await seenInText(url) : await seenInProtobuf(url);
      counts[isText ? "texts" : "protobufs"] += 1;
      wrong = problemOf(seen, sizes);
      sizes = seen.sizes;
      if (counts.protobufs === 1 && !isText) console.log("ready");
    }
  } catch (error) {
    wrong = String(error);
  }
  const report: CheckingReport = { ...counts, wrong };
  console.log(JSON.stringify(report));
  Deno.exit();
}
