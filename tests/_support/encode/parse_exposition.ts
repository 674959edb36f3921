/**
 * A strict parser of both text formats, names in quotes included, that shares no code with the encoder: it refuses what
 * any scraper may refuse, and what would make one series out of two.
 *
 * Source: Prometheus, "Exposition formats"; OpenMetrics 1.0, the ABNF and "Overall structure".
 *
 * @module
 */

/** A sample. */
export interface ParsedSample {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
  readonly exemplar?: { readonly labels: ReadonlyMap<string, string>; readonly value: number };
}

/** The samples under one `# TYPE`. */
export interface ParsedFamily {
  readonly name: string;
  readonly type: string;
  readonly help: string | undefined;
  readonly samples: ParsedSample[];
}

type Dialect = "text" | "openmetrics";

const NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const LABEL_NAME = /[a-zA-Z_][a-zA-Z0-9_]*/y;
const QUOTED = /"((?:[^"\\\n]|\\[\\"n])*)"/y;
const NUMBER = /NaN|[+-]Inf|-?\d+(?:\.\d+)?(?:e[+-]\d+)?/y;
const EXEMPLAR_CODE_POINTS_MAX = 128;

/** What the names of a family's samples end in, by its type. */
const SUFFIXES: Readonly<Record<Dialect, Readonly<Record<string, readonly string[]>>>> = {
  text: { counter: [""], gauge: [""], histogram: ["_bucket", "_sum", "_count"], summary: ["", "_sum", "_count"] },
  openmetrics: {
    counter: ["_total", "_created"],
    gauge: [""],
    histogram: ["_bucket", "_sum", "_count", "_created"],
    summary: ["", "_sum", "_count", "_created"],
  },
};

/**
 * Parses an exposition.
 *
 * @throws {SyntaxError} If anything about it is not as it should be
 */
export function parseExposition(bytes: Uint8Array, dialect: Dialect): ParsedFamily[] {
  const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  if (!text.endsWith("\n")) throw new SyntaxError("the last line has no end");
  const lines = text.slice(0, -1).split("\n");
  if (dialect === "openmetrics" && lines.pop() !== "# EOF") throw new SyntaxError("there is no # EOF at the end");
  const families: ParsedFamily[] = [];
  let help: { readonly name: string; readonly text: string } | undefined;
  for (const line of lines) {
    const reader = new LineReader(line);
    if (!line.startsWith("# ")) {
      const family = families.at(-1) ?? reader.fail("a sample stands before all families");
      const sample = readSample(reader, dialect);
      if (!SUFFIXES[dialect][family.type].some((suffix) => family.name + suffix === sample.name)) {
        reader.fail(`a sample stands outside of its family, ${family.name}`);
      }
      family.samples.push(sample);
      continue;
    }
    const [keyword] = reader.take(/# (HELP|TYPE|UNIT) /y);
    const name = reader.name();
    reader.take(/ /y);
    const rest = reader.rest();
    if (keyword === "# HELP ") {
      if (help !== undefined) reader.fail("there are two helps");
      help = { name, text: unescaped(reader, rest, dialect) };
    } else if (keyword === "# TYPE ") {
      if (!(rest in SUFFIXES[dialect])) reader.fail("there is no such type");
      if (help !== undefined && help.name !== name) reader.fail("the help was another's");
      families.push({ name, type: rest, help: help?.text, samples: [] });
      help = undefined;
    } else {
      const family = families.at(-1);
      if (family?.name !== name || family.samples.length > 0) reader.fail("the unit was another's");
      if (!name.endsWith(`_${rest}`)) reader.fail("the name does not end in the unit");
    }
  }
  checkFamilies(families, dialect);
  return families;
}

/** A text that is the same for the same series. */
export function seriesKey({ name, labels }: Pick<ParsedSample, "name" | "labels">): string {
  return JSON.stringify([name, [...labels].toSorted(([a], [b]) => a < b ? -1 : 1)]);
}

class LineReader {
  readonly #line: string;
  #at = 0;

  constructor(line: string) {
    this.#line = line;
  }

  take(pattern: RegExp): RegExpExecArray {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#line) ?? this.fail(`${pattern} was expected`);
    this.#at += match[0].length;
    return match;
  }

  next(): string {
    return this.#line[this.#at] ?? "";
  }

  rest(): string {
    return this.#line.slice(this.#at);
  }

  /** A name, in quotes only if it has to be. */
  name(legacy: RegExp = NAME): string {
    if (this.next() !== '"') return this.take(legacy)[0];
    const name = this.quoted();
    if (name === "") this.fail("a name is empty");
    legacy.lastIndex = 0;
    if (legacy.exec(name)?.[0] === name) this.fail("a name is in quotes that needs none");
    return name;
  }

  quoted(): string {
    return unquoted(this.take(QUOTED)[1]);
  }

  fail(why: string): never {
    throw new SyntaxError(`${why}: ${JSON.stringify(this.#line)} at ${this.#at}`);
  }
}

function readSample(reader: LineReader, dialect: Dialect): ParsedSample {
  let name = reader.next() === "{" ? undefined : reader.name();
  const labels = new Map<string, string>();
  if (reader.next() === "{") name = readLabels(reader, labels, name);
  reader.take(/ /y);
  const value = readNumber(reader);
  if (name === undefined) return reader.fail("a sample has no name");
  if (dialect === "text" || reader.rest() === "") {
    if (reader.rest() !== "") reader.fail("something stands behind the value");
    return { name, labels, value };
  }
  if (!/_total$|_bucket$/.test(name)) reader.fail("such a sample has no exemplar");
  const exemplarLabels = new Map<string, string>();
  reader.take(/ # (?=\{)/y);
  readLabels(reader, exemplarLabels, "");
  reader.take(/ /y);
  const exemplar = { labels: exemplarLabels, value: readNumber(reader) };
  reader.take(/ /y);
  readNumber(reader);
  if (reader.rest() !== "") reader.fail("something stands behind the exemplar");
  const codePoints = [...exemplarLabels].flat().reduce((sum, each) => sum + [...each].length, 0);
  if (codePoints > EXEMPLAR_CODE_POINTS_MAX) reader.fail("an exemplar is too long");
  return { name, labels, value, exemplar };
}

/** Reads the labels between braces; returns the name of the sample, which comes first there if it is quoted. */
function readLabels(reader: LineReader, labels: Map<string, string>, name: string | undefined): string | undefined {
  reader.take(/\{/y);
  if (name === undefined) {
    name = reader.name(NAME);
    if (reader.next() !== "}") reader.take(/,/y);
  }
  while (reader.next() !== "}") {
    const label = reader.name(LABEL_NAME);
    reader.take(/=/y);
    if (label === "__name__") reader.fail("a label replaces the name");
    if (labels.has(label)) reader.fail("a label stands there twice");
    labels.set(label, reader.quoted());
    if (reader.next() !== "}") reader.take(/,(?!\})/y);
  }
  reader.take(/\}/y);
  return name;
}

function readNumber(reader: LineReader): number {
  const [text] = reader.take(NUMBER);
  return Number(text.replace("Inf", "Infinity"));
}

function unescaped(reader: LineReader, text: string, dialect: Dialect): string {
  const escapes = dialect === "text" ? /^(?:[^\\]|\\[\\n])*$/ : /^(?:[^\\"]|\\[\\n"])*$/;
  if (!escapes.test(text)) reader.fail("a help is not escaped");
  return unquoted(text);
}

function unquoted(text: string): string {
  return text.replace(/\\(.)/g, (_, character) => character === "n" ? "\n" : character);
}

function checkFamilies(families: readonly ParsedFamily[], dialect: Dialect): void {
  const owners = new Map<string, ParsedFamily>();
  const series = new Set<string>();
  for (const family of families) {
    const { name, type, samples } = family;
    for (const suffix of new Set(["", ...SUFFIXES[dialect][type]])) {
      if (owners.has(name + suffix)) throw new SyntaxError(`${name + suffix} belongs to two families`);
      owners.set(name + suffix, family);
    }
    if (samples.length === 0) throw new SyntaxError(`${name} has no samples`);
    for (const sample of samples) {
      const key = seriesKey(sample);
      if (series.has(key)) throw new SyntaxError(`a series stands there twice: ${key}`);
      series.add(key);
    }
    if (type === "histogram") checkBuckets(family);
  }
}

/** Per label set: bounds ascend to `+Inf`, counts do not fall, and the last one is the count. */
function checkBuckets({ name, samples }: ParsedFamily): void {
  const last = new Map<string, { readonly bound: number; readonly count: number }>();
  const keyOf = (labels: ReadonlyMap<string, string>) =>
    seriesKey({ name: "", labels: new Map([...labels].filter(([label]) => label !== "le")) });
  for (const { name: sampleName, labels, value: count } of samples) {
    const key = keyOf(labels);
    const before = last.get(key);
    if (sampleName === `${name}_bucket`) {
      const bound = Number(labels.get("le")?.replace("Inf", "Infinity"));
      if (!(bound > (before?.bound ?? -Infinity)) || count < (before?.count ?? 0)) {
        throw new SyntaxError(`the buckets of ${name} do not ascend`);
      }
      last.set(key, { bound, count });
    } else if (sampleName === `${name}_count` && (before?.bound !== Infinity || before.count !== count)) {
      throw new SyntaxError(`the last bucket of ${name} is not its count`);
    }
  }
}
