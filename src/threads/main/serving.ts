/**
 * Serving over HTTP, which the worker does: a worker that was started again is told to listen at the same address. What
 * failed may still hold the port, so that is tried until it succeeds.
 *
 * @module
 */

import type { ListenAddress, ListenOptions } from "../../model/serving.ts";
import type { RequestChannel } from "../request_channel.ts";
import type { AggregatorToMain, Requests } from "../protocol.ts";
import { Retry } from "./retry.ts";

/** What is served, if anything is. */
export class Serving {
  readonly #line: RequestChannel<Requests, AggregatorToMain>;
  readonly #retry: Retry = new Retry(() => this.#listenAgain());
  #served: ListenOptions | undefined;
  #trouble: string | undefined;

  /** Serves nothing yet, by a worker at the end of a line. */
  constructor(line: RequestChannel<Requests, AggregatorToMain>) {
    this.#line = line;
  }

  /** Why nothing can be asked over HTTP that should; `undefined` if all is well. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  /** See {@linkcode Retry.isHeld}. */
  set isHeld(isHeld: boolean) {
    this.#retry.isHeld = isHeld;
  }

  /** See `AggregatorClient.listen`. */
  async listen(options: ListenOptions): Promise<ListenAddress> {
    if (this.#served !== undefined) throw new Error("Cannot serve metrics: they are served already");
    const address = await this.#line.request("listen", options);
    // The port that it is to have for ever, if any would do at first.
    this.#served = { ...options, port: address.port };
    return address;
  }

  /** See `AggregatorClient.unlisten`. */
  async unlisten(): Promise<void> {
    this.forget();
    const { failure } = this.#line;
    if (failure !== undefined) return;
    try {
      await this.#line.request("unlisten", undefined);
    } catch (error) {
      // A worker that has failed serves no more.
      if (this.#line.failure === undefined) throw error;
    }
  }

  /** Serves nothing any more, whatever becomes of the worker. */
  forget(): void {
    this.#served = undefined;
    this.#trouble = undefined;
    this.#retry.cancel();
  }

  /** There is a worker that does not listen yet. */
  resume(): void {
    if (this.#served === undefined) return;
    this.#trouble = "the metrics are not served again yet";
    this.#listenAgain();
  }

  async #listenAgain(): Promise<void> {
    const served = this.#served;
    if (served === undefined) return;
    try {
      await this.#line.request("listen", served);
      if (this.#served !== served) return;
      this.#trouble = undefined;
      this.#retry.noteSuccess();
    } catch (error) {
      // If the line has failed, the next worker is told to listen.
      if (this.#served !== served || this.#line.failure !== undefined) return;
      this.#trouble = error instanceof Error ? error.message : String(error);
      this.#retry.noteFailure();
    }
  }
}
