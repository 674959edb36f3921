/**
 * Message listeners of a socket, each wrapped in a function that measures it. The socket itself remains responsible for
 * adding, removing, `once`, `signal`, `capture` and the order of calls.
 *
 * @module
 */

type Listener = EventListenerOrEventListenerObject;
type AddOptions = boolean | AddEventListenerOptions | undefined;

/** Original accessor of a socket's `onmessage`. */
export interface HandlerAccess {
  /** Returns the handler. */
  get(): WebSocket["onmessage"];
  /** Sets the handler. */
  set(handler: WebSocket["onmessage"]): void;
}

/** Calls the function of a listener for an event and measures it. */
export type CallListener = (operation: (event: Event) => unknown, self: unknown, event: Event) => unknown;

/** Listener that was added while the socket was hooked. */
interface Registration {
  readonly listener: Listener;
  readonly wrapped: (event: Event) => void;
  readonly options: AddOptions;
  readonly isCapture: boolean;
}

const TYPE = "message";

/** Wraps the message listeners of a socket. */
export class MessageListeners {
  readonly #socket: WebSocket;
  readonly #call: CallListener;
  readonly #add: WebSocket["addEventListener"];
  readonly #remove: WebSocket["removeEventListener"];
  readonly #native: HandlerAccess;
  #registrations: Registration[] = [];
  #handler: WebSocket["onmessage"];
  #isSettingHandler = false;

  /** Wraps the current handler of `onmessage`; listeners that were added before remain unwrapped. */
  constructor(socket: WebSocket, native: HandlerAccess, call: CallListener) {
    this.#socket = socket;
    this.#call = call;
    this.#add = socket.addEventListener;
    this.#remove = socket.removeEventListener;
    this.#native = native;
    this.#handler = socket.onmessage;
    if (this.#handler !== null) this.handler = this.#handler;
  }

  /** Value of `onmessage`. */
  get handler(): WebSocket["onmessage"] {
    return this.#handler;
  }

  set handler(handler: WebSocket["onmessage"]) {
    // The socket adds an internal listener for the handler, which must not be wrapped again.
    this.#isSettingHandler = true;
    try {
      if (typeof handler === "function") {
        this.#native.set(this.#wrap(handler as (event: Event) => unknown));
        this.#handler = handler;
      } else {
        this.#native.set(handler);
        // Some sockets keep a value that is not a function, others replace it by null.
        this.#handler = this.#native.get();
      }
    } finally {
      this.#isSettingHandler = false;
    }
  }

  /** Replaces `addEventListener` of the socket. */
  add(type: string, listener: Listener | null, options?: AddOptions): void {
    if (type !== TYPE || this.#isSettingHandler || !isListener(listener)) {
      return this.#add.call(this.#socket, type, listener as Listener, options);
    }
    const signal = typeof options === "object" ? options?.signal : undefined;
    const isCapture = isCapturing(options);
    this.#forgetAborted();
    const known = this.#find(listener, isCapture);
    // Neither is added, but the socket may still throw because of the options.
    if (signal?.aborted || known !== undefined) {
      return this.#add.call(this.#socket, TYPE, known?.wrapped ?? listener, options);
    }
    const call = this.#wrap(listener);
    const isOnce = typeof options === "object" && Boolean(options?.once);
    const wrapped = isOnce ? this.#onlyOnce(call, () => registration) : call;
    const registration: Registration = { listener, wrapped, options, isCapture };
    this.#add.call(this.#socket, TYPE, wrapped, options);
    this.#registrations.push(registration);
    // A listener that was also added before the socket was hooked would be called twice.
    this.#remove.call(this.#socket, TYPE, listener, isCapture);
  }

  /** Replaces `removeEventListener` of the socket. */
  remove(type: string, listener: Listener | null, options?: boolean | EventListenerOptions): void {
    this.#remove.call(this.#socket, type, listener as Listener, options);
    if (type !== TYPE || listener === null) return;
    const registration = this.#find(listener, isRemovingCapture(options));
    if (registration === undefined) return;
    this.#forget(registration);
    this.#remove.call(this.#socket, TYPE, registration.wrapped, options);
  }

  /**
   * Replaces the wrapped listeners by the original ones, in the same order. They are called after `onmessage`, whose
   * position in the socket's list is fixed.
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

  /** Forgets listeners whose signal was aborted, which the socket has removed. */
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
  // `typeof null` is "object" too.
  return Boolean(typeof options === "object" ? options?.capture : options);
}

/**
 * Whether options of `removeEventListener` select a capturing listener. Runtimes interpret a value that is neither
 * boolean nor object differently, so an actual `EventTarget` decides.
 */
function isRemovingCapture(options: unknown): boolean {
  if (options === undefined || typeof options === "boolean" || typeof options === "object") {
    return isCapturing(options as boolean | EventListenerOptions | undefined);
  }
  const target = new EventTarget();
  let isCalled = false;
  const listener = () => void (isCalled = true);
  target.addEventListener(TYPE, listener, true);
  target.removeEventListener(TYPE, listener, options as boolean);
  target.dispatchEvent(new Event(TYPE));
  return !isCalled;
}
