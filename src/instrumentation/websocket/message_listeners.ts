/**
 * The message listeners of a socket, each called through a function that sees what it gives back. Adding, removing,
 * `once`, `signal` and `capture` stay the socket's own business, and so does the order of calls.
 *
 * @module
 */

type Listener = EventListenerOrEventListenerObject;
type AddOptions = boolean | AddEventListenerOptions | undefined;

/** The accessor of `onmessage` that the socket itself has. */
export interface HandlerAccess {
  /** What stands there. */
  get(): WebSocket["onmessage"];
  /** Puts something there. */
  set(handler: WebSocket["onmessage"]): void;
}

/** Calls a listener's function for an event, and sees what it returns. */
export type CallListener = (operation: (event: Event) => unknown, self: unknown, event: Event) => unknown;

/** A listener that was added while the socket was hooked. */
interface Registration {
  readonly listener: Listener;
  readonly wrapped: (event: Event) => void;
  readonly options: AddOptions;
  readonly isCapture: boolean;
}

const TYPE = "message";

/** Stands between a socket and its message listeners. */
export class MessageListeners {
  readonly #socket: WebSocket;
  readonly #call: CallListener;
  readonly #add: WebSocket["addEventListener"];
  readonly #remove: WebSocket["removeEventListener"];
  readonly #native: HandlerAccess;
  #registrations: Registration[] = [];
  #handler: WebSocket["onmessage"];
  #isSettingHandler = false;

  /** Takes over the handler that `onmessage` has already; listeners that were added before stay as they are. */
  constructor(socket: WebSocket, native: HandlerAccess, call: CallListener) {
    this.#socket = socket;
    this.#call = call;
    this.#add = socket.addEventListener;
    this.#remove = socket.removeEventListener;
    this.#native = native;
    this.#handler = socket.onmessage;
    if (this.#handler !== null) this.handler = this.#handler;
  }

  /** What stands in `onmessage`. */
  get handler(): WebSocket["onmessage"] {
    return this.#handler;
  }

  set handler(handler: WebSocket["onmessage"]) {
    // The socket adds a listener of its own for it, which is not to be wrapped once more.
    this.#isSettingHandler = true;
    try {
      if (typeof handler === "function") {
        this.#native.set(this.#wrap(handler as (event: Event) => unknown));
        this.#handler = handler;
      } else {
        this.#native.set(handler);
        // What is no function is kept by some sockets and replaced by null by others.
        this.#handler = this.#native.get();
      }
    } finally {
      this.#isSettingHandler = false;
    }
  }

  /** As `addEventListener` of the socket. */
  add(type: string, listener: Listener | null, options?: AddOptions): void {
    if (type !== TYPE || this.#isSettingHandler || !isListener(listener)) {
      return this.#add.call(this.#socket, type, listener as Listener, options);
    }
    const signal = typeof options === "object" ? options?.signal : undefined;
    const isCapture = isCapturing(options);
    this.#forgetAborted();
    const known = this.#find(listener, isCapture);
    // Neither is added; the socket may still have something to say about the options.
    if (signal?.aborted || known !== undefined) {
      return this.#add.call(this.#socket, TYPE, known?.wrapped ?? listener, options);
    }
    const call = this.#wrap(listener);
    const isOnce = typeof options === "object" && Boolean(options?.once);
    const wrapped = isOnce ? this.#onlyOnce(call, () => registration) : call;
    const registration: Registration = { listener, wrapped, options, isCapture };
    this.#add.call(this.#socket, TYPE, wrapped, options);
    this.#registrations.push(registration);
    // Were it there from before the socket was hooked, it would be called twice.
    this.#remove.call(this.#socket, TYPE, listener, isCapture);
  }

  /** As `removeEventListener` of the socket. */
  remove(type: string, listener: Listener | null, options?: boolean | EventListenerOptions): void {
    this.#remove.call(this.#socket, type, listener as Listener, options);
    if (type !== TYPE || listener === null) return;
    const registration = this.#find(listener, isRemovingCapture(options));
    if (registration === undefined) return;
    this.#forget(registration);
    this.#remove.call(this.#socket, TYPE, registration.wrapped, options);
  }

  /**
   * Puts the listeners themselves where the functions around them were, in the same order; behind what stands in
   * `onmessage`, whose place the socket does not give away.
   */
  restore(): void {
    if (typeof this.#handler === "function") this.#native.set(this.#handler);
    this.#forgetAborted();
    for (const { listener, wrapped, options, isCapture } of this.#registrations) {
      this.#remove.call(this.#socket, TYPE, wrapped, isCapture);
      this.#add.call(this.#socket, TYPE, listener, options);
    }
    this.#registrations = [];
  }

  #wrap(listener: Listener | ((event: Event) => unknown)): (this: unknown, event: Event) => unknown {
    const measure = this.#call;
    return typeof listener === "function"
      ? function (this: unknown, event: Event): unknown {
        return measure(listener, this, event);
      }
      : (event: Event): unknown => measure(listener.handleEvent, listener, event);
  }

  #onlyOnce(call: (event: Event) => unknown, registrationOf: () => Registration): (event: Event) => void {
    const forget = () => this.#forget(registrationOf());
    return function (this: unknown, event: Event): void {
      forget();
      call.call(this, event);
    };
  }

  #find(listener: Listener, isCapture: boolean): Registration | undefined {
    return this.#registrations.find((each) => each.listener === listener && each.isCapture === isCapture);
  }

  #forget(registration: Registration): void {
    this.#registrations = this.#registrations.filter((each) => each !== registration);
  }

  /** The socket has let go of those whose signal was aborted. */
  #forgetAborted(): void {
    this.#registrations = this.#registrations.filter(({ options }) =>
      !(typeof options === "object" && options?.signal?.aborted)
    );
  }
}

function isListener(listener: unknown): listener is Listener {
  return typeof listener === "function" || (typeof listener === "object" && listener !== null);
}

function isCapturing(options: boolean | EventListenerOptions | undefined): boolean {
  // Null is an object for `typeof`, too.
  return Boolean(typeof options === "object" ? options?.capture : options);
}

/** Runtimes differ in what a value means that is neither a boolean nor an object, so the runtime's own target decides. */
function isRemovingCapture(options: unknown): boolean {
  if (options === undefined || typeof options === "boolean" || typeof options === "object") {
    return isCapturing(options as boolean | EventListenerOptions | undefined);
  }
  const target = new EventTarget();
  let isLeft = false;
  const listener = () => void (isLeft = true);
  target.addEventListener(TYPE, listener, true);
  target.removeEventListener(TYPE, listener, options as boolean);
  target.dispatchEvent(new Event(TYPE));
  return !isLeft;
}
