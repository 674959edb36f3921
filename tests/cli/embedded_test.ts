import { assertEquals } from "@std/assert";
import { embeddedPaths, isEmbedded } from "../_support/cli/embedded.ts";

const OUTPUT = `Compile main.ts to program

Embedded Files

program
├─┬ .deno_compile_node_modules (2.63MB - 2.63MB unique)
│ └─┬ localhost (2.63MB - 2.63MB unique)
│   └── hono/4.13.19/* (1.27MB - 1.27MB unique)
├─┬ src (3KB)
│ ├── drain/* (1KB)
│ └─┬ worker (1KB)
│   └── main.ts (12B)
└── std/http/status.ts (80B)

Files: 3.7MB
Remote modules: 12B
`;

Deno.test("embeddedPaths reads the tree that deno compile prints", () => {
  const paths = [
    ".deno_compile_node_modules/localhost/hono/4.13.19/*",
    "src/drain/*",
    "src/worker/main.ts",
    "std/http/status.ts",
  ];
  assertEquals(embeddedPaths(OUTPUT), paths);
  for (const file of ["src/worker/main.ts", "worker/main.ts", "src/drain/a.ts", "src/drain/deep/a.ts"]) {
    assertEquals([file, isEmbedded(paths, file)], [file, true]);
  }
  for (const file of ["main.js", "src/main.ts", "src/worker/other.ts", "rain/a.ts"]) {
    assertEquals([file, isEmbedded(paths, file)], [file, false]);
  }
});
