/**
 * `hotpath serve`: a metrics server with a trading demo.
 *
 * @module
 */

import { type SnapshotFiles, writeSnapshots } from "../export.ts";
import { readConfig } from "../config/file.ts";
import { checkConfig, resolveRows } from "../config/layers.ts";
import { FILES } from "../config/settings/files.ts";
import type { Values } from "../config/settings/table.ts";
import { createMetrics } from "../create_metrics.ts";
import { printable } from "../encode/printable.ts";
import type { Metrics } from "../api/metrics.ts";
import type { ServeOptions } from "../config/settings/serve.ts";
import { type MetricsServer, serveMetrics } from "../server.ts";
import type { Command } from "./command.ts";
import { type Flags, parseNumber, UsageError } from "./flags.ts";
import { withProgress } from "./progress.ts";
import { settled } from "./settled.ts";
import { stopSignal } from "./stop_signal.ts";

const PORT_MAX = 65_535;
const CANDLES_PER_SECOND_DEFAULT = 500;
const CANDLES_PER_SECOND_MAX = 1_000_000;
const EXPORT_DIRECTORY_DEFAULT = "snapshots";
const EXPORT_INTERVAL_S_MAX = 86_400;

interface SnapshotSettings {
  readonly directory: string;
  readonly intervalMs: number;
}

interface ServeSettings {
  readonly configPath: string | undefined;
  readonly endpoint: ServeOptions;
  readonly isDemo: boolean;
  readonly candlesPerSecond: number;
  readonly exportDirectory: string | undefined;
  readonly exportIntervalMs: number | undefined;
  readonly say: (text: string) => void;
}

/** The command, which runs until a signal stops it. */
export const SERVE: Command = {
  name: "serve",
  summary: "serve metrics over HTTP, with a demo",
  description: "Serves metrics over HTTP, with a trading demo that replays real candles.",
  flags: [
    { name: "config", value: "FILE", help: "settings in YAML or JSON; flags and the environment take precedence" },
    {
      name: "port",
      value: "N",
      help: "port, 0 for any free one\n(default: $OTEL_EXPORTER_PROMETHEUS_PORT, else the file's, else 9464)",
    },
    {
      name: "host",
      value: "H",
      help: "address to listen on\n(default: $OTEL_EXPORTER_PROMETHEUS_HOST, else the file's, else 127.0.0.1)",
    },
    {
      name: "auth-token-file",
      value: "FILE",
      help: "require the bearer token in this file\n(default: $METRICS_AUTH_..., else the file's, else none)",
    },
    {
      name: "cert",
      value: "FILE",
      help: "certificate to serve HTTPS with, in PEM; needs --key\n" +
        "(default: $METRICS_TLS_CERT_FILE, else the file's, else plain HTTP)",
    },
    {
      name: "key",
      value: "FILE",
      help: "its private key, in PEM\n(default: $METRICS_TLS_KEY_FILE, else the file's)",
    },
    { name: "demo", isNegated: true, help: "serve without the demo" },
    {
      name: "candles-per-second",
      value: "N",
      help: `pace of the demo, at most ${CANDLES_PER_SECOND_MAX} (default: ${CANDLES_PER_SECOND_DEFAULT})`,
    },
    {
      name: "export-dir",
      value: "DIR",
      help: "write snapshots as JSON files to this directory\n" +
        `(default: ${EXPORT_DIRECTORY_DEFAULT}, if $METRICS_EXPORT_ENABLED or the file's export_enabled)`,
    },
    {
      name: "export-interval-s",
      value: "N",
      help: `seconds between two snapshots, at most ${EXPORT_INTERVAL_S_MAX}\n` +
        "(default: $METRICS_EXPORT_INTERVAL_S, else the file's, else 60)",
    },
    { name: "quiet", help: "print only errors" },
  ],
  notes: "Ctrl-C drains the last records and stops.",
  run: (flags) => serve(settingsOf(flags)),
};

function settingsOf(flags: Flags): ServeSettings {
  const pace = flags.valueOf("candles-per-second");
  return {
    configPath: flags.valueOf("config"),
    endpoint: parseEndpoint(flags),
    isDemo: flags.isOn("demo"),
    candlesPerSecond: pace === undefined ? CANDLES_PER_SECOND_DEFAULT : parsePace(pace),
    exportDirectory: flags.valueOf("export-dir"),
    exportIntervalMs: parseExportInterval(flags.valueOf("export-interval-s")),
    say: flags.isOn("quiet") ? () => {} : (text) => console.log(text),
  };
}

async function serve(settings: ServeSettings): Promise<void> {
  const { isDemo, candlesPerSecond, say } = settings;
  using stop = stopSignal();
  const started = await Promise.race([start(settings), stop.given]);
  // Pending work, such as reading a pipe without a writer, ends with the program.
  if (started === undefined) return;
  const { metrics, snapshots, server } = started;
  const demo = isDemo ? await startDemo(metrics, candlesPerSecond) : undefined;
  const files = snapshots && startFiles(metrics, snapshots);
  say(`Serving ${server.url}/`);
  say(`        ${server.url}/metrics`);
  say(`        ${server.url}/metrics.json`);
  if (isDemo) say(`The demo replays S&P 500 candles, ${candlesPerSecond.toLocaleString("en")} per second`);
  if (snapshots !== undefined) {
    say(`Snapshots are written to ${snapshots.directory} every ${snapshots.intervalMs / 1_000} s`);
  }
  say("Stop with Ctrl-C");
  await stop.given;
  // From here on, a second Ctrl-C ends the program at once.
  stop[Symbol.dispose]();
  await withProgress("Draining the last records", async () => {
    await demo?.stop();
    await server.close();
    await metrics.close();
    // After the drain, so that the last snapshot contains the last records.
    await files?.stop();
  });
  say(await totals(metrics));
}

interface Started {
  readonly metrics: Metrics;
  readonly snapshots: SnapshotSettings | undefined;
  readonly server: MetricsServer;
}

async function start(settings: ServeSettings): Promise<Started> {
  const { configPath, endpoint } = settings;
  const config = configPath === undefined ? undefined : await settled(() => readConfig(configPath));
  // A file that names collectors takes precedence.
  const runtime = config?.metrics.runtime === undefined ? true : undefined;
  const metrics = await settled(() => createMetrics({ config, runtime }));
  const snapshots = resolveSnapshots(
    settings,
    await settled(() => resolveRows("serve", FILES, {}, checkConfig("serve", config))),
  );
  await metrics.ready;
  const server = await settled(() => serveMetrics(metrics, endpoint));
  return { metrics, snapshots, server };
}

/** Starts the demo, whose code and data are loaded only here. */
async function startDemo(metrics: Metrics, candlesPerSecond: number): Promise<{ stop(): Promise<void> }> {
  const { startTrading } = await import("../../examples/trading/start_trading.ts");
  return startTrading(metrics, { candlesPerSecond });
}

/** Writes the first file at once, so that an error of the directory is reported at the start. */
function startFiles(metrics: Metrics, { directory, intervalMs }: SnapshotSettings): SnapshotFiles {
  const onError = ({ message }: Error) => console.error(`hotpath: ${printable(message)}`);
  const files = writeSnapshots(metrics, { directory, intervalMs, onError });
  void files.write();
  return files;
}

async function totals(metrics: Metrics): Promise<string> {
  const { uptimeSeconds, meta } = await metrics.snapshot();
  const [seconds, recorded, dropped] = [uptimeSeconds.toFixed(1), meta.recorded, meta.dropped];
  return `Stopped after ${seconds} s: ${recorded.toLocaleString("en")} records, ${
    dropped.toLocaleString("en")
  } dropped`;
}

/** Directory and interval of snapshots: from flags, else from environment and file; `undefined` if none are written. */
function resolveSnapshots(settings: ServeSettings, files: Values<typeof FILES>): SnapshotSettings | undefined {
  const directory = settings.exportDirectory ?? (files.exportEnabled ? EXPORT_DIRECTORY_DEFAULT : undefined);
  if (directory === undefined) {
    if (settings.exportIntervalMs !== undefined) throw new UsageError("--export-interval-s needs --export-dir");
    return undefined;
  }
  return { directory, intervalMs: settings.exportIntervalMs ?? files.exportIntervalMs };
}

function parseExportInterval(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const must = `a whole number from 1 to ${EXPORT_INTERVAL_S_MAX}`;
  const isInterval = (value: number) => Number.isInteger(value) && value >= 1 && value <= EXPORT_INTERVAL_S_MAX;
  return parseNumber("export-interval-s", text, must, isInterval) * 1_000;
}

function parseEndpoint(flags: Flags): ServeOptions {
  const [certFile, keyFile] = [flags.valueOf("cert"), flags.valueOf("key")];
  if ((certFile === undefined) !== (keyFile === undefined)) {
    throw new UsageError("--cert and --key must be given together");
  }
  const bearerFile = flags.valueOf("auth-token-file");
  return {
    host: flags.valueOf("host"),
    port: parsePort(flags.valueOf("port")),
    auth: bearerFile === undefined ? undefined : { bearerFile },
    tls: certFile === undefined || keyFile === undefined ? undefined : { certFile, keyFile },
  };
}

function parsePort(text: string | undefined): number | undefined {
  const isPort = (value: number) => Number.isInteger(value) && value <= PORT_MAX;
  return text === undefined ? undefined : parseNumber("port", text, `a whole number from 0 to ${PORT_MAX}`, isPort);
}

function parsePace(text: string): number {
  const must = `a number above 0, at most ${CANDLES_PER_SECOND_MAX}`;
  return parseNumber("candles-per-second", text, must, (value) => value > 0 && value <= CANDLES_PER_SECOND_MAX);
}
