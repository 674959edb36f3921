/**
 * Ports and timers of several threads on one thread: the test delivers messages and fires timers.
 *
 * @module
 */

/** Instead of a message: the other end was closed. */
const CLOSED = Symbol("closed");

type Listener = (message: unknown) => void;

/** One end of a line. */
export class SimPort {
  peer!: SimPort;
  owner: object;
  isClosed = false;
  readonly inbox: { readonly message: unknown; readonly transfer: readonly SimPort[] }[] = [];
  readonly #network: Network;
  readonly #onMessage: Listener[] = [];
  readonly #onClose: (() => void)[] = [];

  constructor(network: Network, owner: object) {
    this.#network = network;
    this.owner = owner;
  }

  get isDeliverable(): boolean {
    return !this.isClosed && this.inbox.length > 0 && this.#onMessage.length > 0;
  }

  postMessage(message: unknown, transfer: readonly SimPort[] = []): void {
    if (this.isClosed || this.peer.isClosed) return transfer.forEach((port) => port.close());
    this.peer.inbox.push({ message, transfer });
  }

  on(event: string, listener: Listener): void {
    if (event === "message") this.#onMessage.push(listener);
    else this.#onClose.push(listener as () => void);
  }

  off(event: string, listener: Listener): void {
    const listeners: unknown[] = event === "message" ? this.#onMessage : this.#onClose;
    listeners.splice(listeners.indexOf(listener), 1);
  }

  addEventListener(event: string, listener: (event: { data: unknown }) => void): void {
    this.on(event, (data) => listener({ data }));
  }

  /** Arrived messages are lost, except for one whose event is already being dispatched. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    const [first, ...rest] = this.inbox.splice(0);
    if (first !== undefined && first.message !== CLOSED) this.#network.late.push(() => this.#dispatch(first));
    for (const { transfer } of rest) transfer.forEach((port) => port.close());
    this.peer.inbox.push({ message: CLOSED, transfer: [] });
  }

  deliver(): void {
    const item = this.inbox.shift();
    if (item !== undefined) this.#dispatch(item);
  }

  start(): void {}
  ref(): void {}
  unref(): void {}

  #dispatch({ message, transfer }: SimPort["inbox"][number]): void {
    if (message === CLOSED) {
      this.isClosed = true;
      [...this.#onClose].forEach((listener) => listener());
      return;
    }
    for (const port of transfer) port.owner = this.owner;
    this.#onMessage.forEach((listener) => listener(message));
  }
}

/** All ports. */
export class Network {
  readonly ports: SimPort[] = [];
  /** Messages of closed ports whose events are being dispatched. */
  readonly late: (() => void)[] = [];

  channel(owner: object): { port1: SimPort; port2: SimPort } {
    const [port1, port2] = [new SimPort(this, owner), new SimPort(this, owner)];
    [port1.peer, port2.peer] = [port2, port1];
    this.ports.push(port1, port2);
    return { port1, port2 };
  }

  /** The end of a thread. */
  closeAll(owner: object): void {
    for (const port of this.ports) if (port.owner === owner) port.close();
  }
}

/** The timers of all threads. */
export class Timers {
  static current = new Timers();
  readonly waiting: Map<number, () => void> = new Map();
  // None of the runtime's has that number, which unrefTimer is given.
  #next = 1_000_000_000;

  constructor() {
    Timers.current = this;
  }

  add(action: () => void): number {
    this.waiting.set(++this.#next, action);
    return this.#next;
  }
}
