import { assert, assertEquals } from "@std/assert";
import { fileProblem, listenProblem, runtimeErrors } from "../../src/platform/errors.ts";

Deno.test("fileProblem returns why a file cannot be read, and which permission is missing", () => {
  const { NotFound, IsADirectory, PermissionDenied, NotCapable } = Deno.errors;
  const errors = [NotFound, IsADirectory, PermissionDenied, NotCapable, RangeError].map((type) =>
    new type("it is odd")
  );
  assertEquals([...errors, "odd"].map((error) => fileProblem(error, "/a")), [
    "there is no such file",
    "it is a directory",
    "the system does not permit it",
    "permission is missing, run with --allow-read=/a",
    "it is odd",
    "odd",
  ]);
});

Deno.test("listenProblem returns why an address cannot be listened on, and names the resolved one if that is refused", () => {
  const { AddrInUse, AddrNotAvailable, PermissionDenied, NotCapable } = Deno.errors;
  const errors = [AddrInUse, AddrNotAvailable, PermissionDenied, Error].map((type) => new type("it is odd"));
  errors.push(new NotCapable(), new NotCapable("127.0.0.1:80"));
  assertEquals(errors.map((error) => listenProblem(error, "localhost:80")), [
    "the port is in use",
    "this machine has no such address",
    "the system does not permit it",
    "it is odd",
    "permission is missing, run with --allow-net=localhost:80",
    "permission is missing, run with --allow-net=127.0.0.1:80",
  ]);
});

Deno.test("runtimeErrors has the runtime's own classes", () => {
  assert(runtimeErrors().some(({ prototype }) => prototype === Deno.errors.NotFound.prototype));
});
