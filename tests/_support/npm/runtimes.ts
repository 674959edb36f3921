/**
 * Node and Bun from npm, and a project that has installed the tarball of `deno task npm`.
 *
 * @module
 */

import { buildPackage } from "../../../src/cli/build_npm.ts";
import { type PeerOutcome, runPeer } from "../peers/peer.ts";

const { os, arch } = Deno.build;
const CPU = arch === "aarch64" ? { node: "arm64", bun: "aarch64" } : { node: "x64", bun: "x64" };
/** Packages of the binaries themselves, because those that choose one do so in scripts, which npm may not run. */
const PACKAGES = [
  `node22@npm:node-${os}-${CPU.node}@22.23.3`,
  `node24@npm:node-${os}-${CPU.node}@24.21.0`,
  `bun@npm:@oven/bun-${os}-${CPU.bun}@1.4.5`,
  "typescript@5.9.3",
];

/** Types of Node, which those of the package need. */
const TYPES = "@types/node@22.20.7";

/** The runtimes, by the folders of their packages. */
export const RUNTIMES = ["node22", "node24", "bun"] as const;

/** A runtime from npm. */
export type Runtime = (typeof RUNTIMES)[number];

/** A directory with programs and the installed package. */
export class Project implements AsyncDisposable {
  readonly #directory: string;
  readonly #tools: string;

  private constructor(directory: string, tools: string) {
    this.#directory = directory;
    this.#tools = tools;
  }

  /** Builds the package, and installs it. */
  static async create(): Promise<Project> {
    const directory = await Deno.makeTempDir();
    const tarball = `${directory}/metrics.tgz`;
    const [tools] = await Promise.all([installTools(), buildPackage(tarball)]);
    await Deno.writeTextFile(`${directory}/package.json`, '{ "private": true, "type": "module" }');
    await install(directory, [tarball, TYPES]);
    for (const { name } of Deno.readDirSync(import.meta.dirname!)) {
      if (/\.m[jt]s$/.test(name)) await Deno.copyFile(`${import.meta.dirname}/${name}`, `${directory}/${name}`);
    }
    return new Project(directory, tools);
  }

  /** Runs a program to its end. */
  run(runtime: Runtime, args: readonly string[]): Promise<PeerOutcome> {
    const [program, ...rest] = args;
    return runPeer(`${this.#tools}/node_modules/${runtime}/bin/${runtime.replace(/\d+/, "")}`, [
      program.startsWith("/") ? program : `${this.#directory}/${program}`,
      ...rest,
    ]);
  }

  /** Checks a program's types, those of the package included. */
  check(program: string): Promise<PeerOutcome> {
    const flags = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2024"];
    const roots = ["--typeRoots", `${this.#directory}/node_modules/@types`];
    const compiler = `${this.#tools}/node_modules/typescript/bin/tsc`;
    return this.run("node24", [compiler, ...flags, ...roots, `${this.#directory}/${program}`]);
  }

  /** The text of a file of the installed package. */
  read(path: string): Promise<string> {
    return Deno.readTextFile(`${this.#directory}/node_modules/@hotpath/metrics/${path}`);
  }

  /** Paths of all files of the installed package. */
  files(): string[] {
    return filesOf(`${this.#directory}/node_modules/@hotpath/metrics`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#directory, { recursive: true });
  }
}

/** Installs the runtimes and the compiler once for these versions, and returns the directory. */
async function installTools(): Promise<string> {
  const directory = `${Deno.env.get("TMPDIR") ?? "/tmp"}/hotpath-npm-${PACKAGES.join("+").replaceAll(/[^\w.]+/g, "-")}`;
  try {
    await Deno.stat(directory);
    return directory;
  } catch {
    // The directory appears whole, or not at all.
    const made = await Deno.makeTempDir();
    await Deno.writeTextFile(`${made}/package.json`, '{ "private": true }');
    await install(made, PACKAGES);
    await Deno.rename(made, directory);
    return directory;
  }
}

async function install(directory: string, packages: readonly string[]): Promise<void> {
  const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"];
  const { code, said } = await runPeer("npm", ["install", "--prefix", directory, ...flags, ...packages]);
  if (code !== 0) throw new Error(`Cannot install ${packages.join(" ")}: ${said}`);
}

function filesOf(directory: string): string[] {
  return [...Deno.readDirSync(directory)].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesOf(`${directory}/${name}`) : [`${directory}/${name}`]
  );
}
