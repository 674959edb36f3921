/**
 * HTTP server in the worker: a restarted worker listens on the same address. The failed worker may still hold the port,
 * so listening is retried until it succeeds.
 *
 * @module
 */

import type { ListenAddress, ListenOptions } from "../../model/serving.ts";
import type { RequestChannel } from "../request_channel.ts";
import type { AggregatorToMain, Requests } from "../protocol.ts";
import { Retry } from "./retry.ts";

/** State of the server. */
export class Serving {
  readonly #channel: RequestChannel<Requests, AggregatorToMain>;
  readonly #retry: Retry = new Retry(() => this.#listenAgain());
  #served: ListenOptions | undefined;
  #trouble: string | undefined;

  /** Creates the state of a server in the worker at the other end of a channel, which serves nothing yet. */
  constructor(channel: RequestChannel<Requests, AggregatorToMain>) {
    this.#channel = channel;
  }

  /** Reason why the metrics are not served although they should be; `undefined` otherwise. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  /** Whether the program stays alive for the next attempt to listen. */
  set isHeld(isHeld: boolean) {
    this.#retry.isHeld = isHeld;
  }

  /** Starts serving. */
  async listen(options: ListenOptions): Promise<ListenAddress> {
    if (this.#served !== undefined) throw new Error("Cannot serve metrics: they are already served");
    const address = await this.#channel.request("listen", options);
    // Later workers use the same port, even if the system has chosen it.
    this.#served = { ...options, port: address.port };
    return address;
  }

  /** Stops serving. */
  async unlisten(): Promise<void> {
    this.forget();
    const { failure } = this.#channel;
    if (failure !== undefined) return;
    try {
      await this.#channel.request("unlisten", undefined);
    } catch (error) {
      // A failed worker does not serve any more.
      if (this.#channel.failure === undefined) throw error;
    }
  }

  /** Stops retries with this worker, and does not serve with the next one. */
  forget(): void {
    this.#served = undefined;
    this.#trouble = undefined;
    this.#retry.cancel();
  }

  /** Serves again with a restarted worker. */
  resume(): void {
    if (this.#served === undefined) return;
    this.#trouble = "the metrics are not served again yet";
    this.#listenAgain();
  }

  async #listenAgain(): Promise<void> {
    const served = this.#served;
    if (served === undefined) return;
    try {
      await this.#channel.request("listen", served);
      if (this.#served !== served) return;
      this.#trouble = undefined;
      this.#retry.noteSuccess();
    } catch (error) {
      // If the channel has failed, the next worker will listen.
      if (this.#served !== served || this.#channel.failure !== undefined) return;
      this.#trouble = error instanceof Error ? error.message : String(error);
      this.#retry.noteFailure();
    }
  }
}
