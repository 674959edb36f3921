/**
 * A strict parser of Prometheus text 0.0.4, as far as it can be without names in quotes and timestamps, which are never
 * written here.
 *
 * @module
 */

/** A sample. */
export interface TextSample {
  /** The name, with its suffix. */
  readonly name: string;
  /** The labels, `le` and `quantile` among them. */
  readonly labels: Readonly<Record<string, string>>;
  /** The value. */
  readonly value: number;
}

/** The samples under one `# TYPE`. */
export interface TextFamily {
  /** The name. */
  readonly name: string;
  /** The type. */
  readonly type: string;
  /** Its samples, in their order. */
  readonly samples: readonly TextSample[];
}

const NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,(?!\})|(?=\}))/y;
const VALUE = / (NaN|[+-]Inf|-?\d+(?:\.\d+)?(?:e[+-]\d+)?)$/y;
const COMMENT = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)$/;
const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  counter: [""],
  gauge: [""],
  histogram: ["_bucket", "_sum", "_count"],
  summary: ["", "_sum", "_count"],
};

/**
 * Parses an exposition.
 *
 * @throws {SyntaxError} If anything about it is not as it should be
 */
export function parseText(text: string): TextFamily[] {
  if (!text.endsWith("\n")) throw new SyntaxError("the last line has no end");
  const families: (TextFamily & { samples: TextSample[] })[] = [];
  const names = new Set<string>();
  let helped = "";
  for (const line of text.slice(0, -1).split("\n")) {
    if (!line.startsWith("#")) {
      const family = families.at(-1);
      const sample = parseSample(line);
      const isOwn = family !== undefined && SUFFIXES[family.type].includes(suffixOf(sample.name, family.name));
      if (!isOwn) throw new SyntaxError(`a sample stands outside of its family: ${line}`);
      family.samples.push(sample);
      continue;
    }
    const [, kind, name, rest] = COMMENT.exec(line) ?? [];
    if (kind === "HELP") helped = name;
    else if (kind !== "TYPE" || SUFFIXES[rest] === undefined || names.has(name) || !["", name].includes(helped)) {
      throw new SyntaxError(`a comment is wrong or in the wrong place: ${line}`);
    } else {
      names.add(name);
      helped = "";
      families.push({ name, type: rest, samples: [] });
    }
  }
  families.forEach(checkFamily);
  return families;
}

/** A text that is the same for the same series. */
export function seriesKey(name: string, labels: Readonly<Record<string, string>>): string {
  return JSON.stringify([name, Object.entries(labels).toSorted(([a], [b]) => a < b ? -1 : 1)]);
}

function parseSample(line: string): TextSample {
  const take = (pattern: RegExp, at: number): RegExpExecArray => {
    pattern.lastIndex = at;
    const match = pattern.exec(line);
    if (match === null) throw new SyntaxError(`a sample is wrong at ${at}: ${line}`);
    return match;
  };
  const [name] = take(NAME, 0);
  let at = name.length;
  const labels: Record<string, string> = {};
  if (line[at] === "{") {
    for (at += 1; line[at] !== "}";) {
      const [all, label, value] = take(LABEL, at);
      if (Object.hasOwn(labels, label)) throw new SyntaxError(`a label stands there twice: ${line}`);
      labels[label] = value.replace(/\\(.)/g, (_, character) => character === "n" ? "\n" : character);
      at += all.length;
    }
    at += 1;
  }
  const [, value] = take(VALUE, at);
  return { name, labels, value: Number(value.replace("Inf", "Infinity")) };
}

function suffixOf(name: string, family: string): string {
  return name.startsWith(family) ? name.slice(family.length) : name;
}

function checkFamily({ name, type, samples }: TextFamily): void {
  const keys = new Set(samples.map((sample) => seriesKey(sample.name, sample.labels)));
  if (keys.size !== samples.length) throw new SyntaxError(`${name} has a series twice`);
  if (samples.length === 0) throw new SyntaxError(`${name} has no samples`);
  if (type === "histogram") checkBuckets(name, samples);
}

/** Buckets ascend, up to one at `+Inf` that is the count. */
function checkBuckets(name: string, samples: readonly TextSample[]): void {
  let bound = Number.NEGATIVE_INFINITY;
  let counted = 0;
  for (const sample of samples) {
    const { le } = sample.labels;
    if (sample.name === `${name}_bucket`) {
      const next = Number(le.replace("Inf", "Infinity"));
      if (!(next > bound) || sample.value < counted) throw new SyntaxError(`${name} has buckets that do not ascend`);
      [bound, counted] = [next, sample.value];
    } else if (sample.name === `${name}_count`) {
      if (bound !== Number.POSITIVE_INFINITY || counted !== sample.value) {
        throw new SyntaxError(`${name} counts ${sample.value} values, its buckets ${counted} up to ${bound}`);
      }
      [bound, counted] = [Number.NEGATIVE_INFINITY, 0];
    }
  }
}
