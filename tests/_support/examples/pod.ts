/**
 * The pod of `examples/kubernetes`, run as a process: arguments, environment, settings and permissions are those of the
 * manifests, with free ports and a directory in place of the volumes.
 *
 * @module
 */

import { parse } from "@std/yaml/parse";
import { Program } from "../cli/program.ts";

const DIRECTORY = new URL("../../../examples/kubernetes/", import.meta.url);
const MODULE = "main.ts";

/** A probe. */
export interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
}

/** The parts of a container that tests read. */
export interface Container {
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly startupProbe: Probe;
  readonly livenessProbe: Probe;
  readonly readinessProbe: Probe;
  readonly lifecycle: { readonly preStop: { readonly sleep: { readonly seconds: number } } };
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
}

/** The parts of the deployment that tests read. */
export interface Deployment {
  readonly spec: {
    readonly template: {
      readonly metadata: {
        readonly labels: Readonly<Record<string, string>>;
        readonly annotations: Readonly<Record<string, string>>;
      };
      readonly spec: {
        readonly terminationGracePeriodSeconds: number;
        readonly containers: readonly [Container];
        readonly volumes: readonly Readonly<Record<string, unknown>>[];
      };
    };
  };
}

/** Reads a file of the example. */
export function readExample(name: string): Promise<string> {
  return Deno.readTextFile(new URL(name, DIRECTORY));
}

/** Reads a manifest of the example. */
export async function readManifest<Manifest>(name: string): Promise<Manifest> {
  return parse(await readExample(name)) as Manifest;
}

/** The pod's process and its ports. */
export interface Pod extends AsyncDisposable {
  readonly program: Program;
  readonly httpPort: number;
  readonly metricsPort: number;
}

/**
 * Starts the pod's process and waits until it listens.
 *
 * @param directory Empty directory for the volumes
 * @param token Token in the Secret
 * @param env Variables on top of the manifest's
 */
export async function startPod(
  directory: string,
  token: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Pod> {
  const { spec } = (await readManifest<Deployment>("deployment.yaml")).spec.template;
  const [container] = spec.containers;
  const [settings, secret] = ["settings", "token"].map((name) =>
    container.volumeMounts.find((mount) => mount.name === name)!.mountPath
  );
  const here = (text: string) => text.replaceAll("/etc/orders", directory).replaceAll(/\b(8000|9464)\b/g, "0");
  await writeVolume(here(settings), { "hotpath.yaml": here(await readExample("hotpath.yaml")) });
  await writeVolume(here(secret), { token });

  const args = container.args.map(here);
  const at = args.indexOf(MODULE);
  // The package is a folder here, from which its worker reads modules.
  const permissions = args.slice(1, at).map((arg) => arg.startsWith("--allow-read=") ? `${arg},.` : arg);
  const variables = Object.fromEntries(container.env.map(({ name, value }) => [name, here(value)]));
  const program = new Program(`examples/kubernetes/${MODULE}`, args.slice(at + 1), {
    permissions,
    env: { ...variables, ...env },
  });
  const line = await program.line();
  if (line === undefined) throw new Error(`Cannot start the pod: ${(await program.end()).errors}`);
  const [httpPort, metricsPort] = line.match(/\d+/g)!.map(Number);
  return { program, httpPort, metricsPort, [Symbol.asyncDispose]: () => program[Symbol.asyncDispose]() };
}

/** Writes a volume as the kubelet does: files are links to the current version of the directory. */
async function writeVolume(path: string, files: Readonly<Record<string, string>>): Promise<void> {
  await Deno.mkdir(`${path}/..version`, { recursive: true });
  await Deno.symlink("..version", `${path}/..data`);
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(`${path}/..version/${name}`, text);
    await Deno.symlink(`..data/${name}`, `${path}/${name}`);
  }
}
