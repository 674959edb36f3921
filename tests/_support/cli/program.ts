/**
 * A program in a separate process: read line by line while it runs, then stopped by a signal.
 *
 * @module
 */

const ROOT = new URL("../../../", import.meta.url);

/** How a program ended. */
export interface Ending {
  /** Its exit code. */
  readonly code: number;
  /** Unread lines of stdout. */
  readonly lines: string[];
  /** Text of stderr. */
  readonly errors: string;
}

/** Options of a program. */
export interface ProgramOptions {
  /** Arguments of `deno run` before the module; what the `serve` task grants, by default. */
  readonly permissions?: readonly string[];
  /** Variables of its environment, on top of the test's. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether it has input; none by default. */
  readonly stdin?: "piped" | "null";
}

const PERMISSIONS = [
  "--allow-read=.",
  "--allow-net=127.0.0.1",
  "--allow-env=METRICS_*,OTEL_EXPORTER_PROMETHEUS_HOST,OTEL_EXPORTER_PROMETHEUS_PORT",
  "--allow-ffi",
];

/** A program that runs. */
export class Program implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #lines: AsyncGenerator<string>;
  readonly #errors: Promise<string>;
  #hasEnded = false;

  /** Starts a module of this project. */
  constructor(
    module: string,
    args: readonly string[],
    { permissions = PERMISSIONS, env = {}, stdin = "null" }: ProgramOptions = {},
  ) {
    this.#process = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-prompt", ...permissions, module, ...args],
      cwd: ROOT,
      env: { NO_COLOR: "1", ...env },
      stdin,
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#lines = linesOf(this.#process.stdout);
    this.#errors = new Response(this.#process.stderr).text();
  }

  /** The next line of stdout, `undefined` at its end. */
  async line(): Promise<string | undefined> {
    const { value, done } = await this.#lines.next();
    return done ? undefined : value;
  }

  /** The first `http://host:port` or `https://host:port` of the lines that come. */
  async url(): Promise<string> {
    for (let line = await this.line(); line !== undefined; line = await this.line()) {
      const [url] = /https?:\/\/[^/\s]+/.exec(line) ?? [];
      if (url !== undefined) return url;
    }
    throw new Error(`Cannot find the program's URL: it ended with ${await this.#errors}`);
  }

  /** Writes to its input. */
  async say(text: string): Promise<void> {
    const writer = this.#process.stdin.getWriter();
    await writer.write(new TextEncoder().encode(text));
    writer.releaseLock();
  }

  /** Closes its input. */
  async closeInput(): Promise<void> {
    await this.#process.stdin.close();
  }

  /** Reads no more of its output, as `head` does. */
  async closeOutput(): Promise<void> {
    await this.#lines.return(undefined);
  }

  /** Sends a signal and waits for the end. */
  async stop(signal: Deno.Signal): Promise<Ending> {
    this.#process.kill(signal);
    return await this.end();
  }

  /** Waits for the end. */
  async end(): Promise<Ending> {
    const lines: string[] = [];
    for (let line = await this.line(); line !== undefined; line = await this.line()) lines.push(line);
    const errors = await this.#errors;
    const { code } = await this.#process.status;
    this.#hasEnded = true;
    return { code, lines, errors };
  }

  /** Sends a signal. */
  send(signal: Deno.Signal): void {
    this.#process.kill(signal);
  }

  /** Ends what a failed test has left. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#hasEnded) return;
    this.#process.kill("SIGKILL");
    await this.end();
  }
}

/** The text up to each line feed, and what is left at the end. */
export async function* linesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}

/** Fetches until the answer will do; rejects without a good answer for long. */
export async function pollText(
  url: string,
  isGood: (text: string) => boolean,
  headers: Readonly<Record<string, string>> = {},
): Promise<string> {
  for (let attempts = 2_000; attempts > 0; attempts--) {
    const text = await (await fetch(url, { headers })).text();
    if (isGood(text)) return text;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`Cannot get a good answer from ${url}`);
}

/** A port that was free a moment ago, for a program that does not print its port. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return (listener.addr as Deno.NetAddr).port;
}

/** The value of a series in Prometheus text; `NaN` if it is not there. */
export function valueOf(exposition: string, series: string): number {
  const line = exposition.split("\n").find((each) => each.startsWith(`${series} `));
  return line === undefined ? NaN : Number(line.slice(series.length + 1));
}
