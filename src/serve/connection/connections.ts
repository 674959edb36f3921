/**
 * Connections of a server, limited in number, with half as many without credentials. At the limit a new one replaces
 * another: first the oldest that has shown no credentials and waits for nothing. A connection that has shown
 * credentials and waits for an answer is never replaced.
 *
 * @module
 */

import type { Server, Socket } from "node:net";
import { Connection } from "./connection.ts";
import { Turns } from "./turns.ts";

/** Maximum number of connections, which leaves file descriptors to the program. */
const CONNECTIONS_MAX = 2_048;

/** Ranks; connections of the last ones are never replaced. */
const RANKS = { idleStranger: 0, busyStranger: 1, idleKnown: 2, busyKnown: 3 } as const;
type Rank = (typeof RANKS)[keyof typeof RANKS];

/** Socket as accepted by the system. */
interface Place {
  readonly socket: Socket;
  rank: Rank;
}

/** Set of connections. */
export class Connections {
  readonly #max: number;
  readonly #strangersMax: number;
  readonly #isOpen: boolean;
  readonly #turns: Turns = new Turns();
  readonly #byRank: readonly Set<Place>[] = Object.values(RANKS).map(() => new Set());
  /** Places by the addresses of both ends, because TLS uses another socket object. */
  readonly #places: Map<string, Place> = new Map();
  readonly #connections: WeakMap<Socket, Connection> = new WeakMap();

  /**
   * Tracks the connections of a server.
   *
   * @param isOpen Whether no credentials are required
   * @param isTls Whether the server is an HTTPS server
   */
  constructor(server: Server, isOpen: boolean, isTls: boolean, max: number = CONNECTIONS_MAX) {
    this.#isOpen = isOpen;
    this.#max = max;
    this.#strangersMax = isOpen ? max : max / 2;
    server.on("connection", (socket: Socket) => this.#add(socket));
    server.on(isTls ? "secureConnection" : "connection", (socket: Socket) => this.#attend(socket));
  }

  /** Number of connections. */
  get size(): number {
    return this.#places.size;
  }

  /** Returns the connection of a socket on which requests arrive. */
  of(socket: Socket): Connection | undefined {
    return this.#connections.get(socket);
  }

  /** Ends all connections. */
  destroy(): void {
    this.#turns.close();
    for (const { socket } of this.#places.values()) socket.destroy();
  }

  #add(socket: Socket): void {
    const key = keyOf(socket);
    const place: Place = { socket, rank: RANKS.idleStranger };
    const strangers = this.#byRank[RANKS.idleStranger].size + this.#byRank[RANKS.busyStranger].size;
    const isFull = this.#places.size >= this.#max || strangers >= this.#strangersMax;
    if (isFull && !this.#evict()) return void socket.destroy();
    this.#places.set(key, place);
    this.#byRank[place.rank].add(place);
    socket.on("close", () => this.#remove(key, place));
  }

  #attend(socket: Socket): void {
    const place = this.#places.get(keyOf(socket));
    if (place === undefined || socket.destroyed) return;
    const onChange = (connection: Connection) => this.#move(place, rankOf(connection, this.#isOpen));
    const connection = new Connection(socket, place.socket, this.#isOpen, { turns: this.#turns, onChange });
    this.#connections.set(socket, connection);
    onChange(connection);
  }

  /** Moves a connection to the end of its rank, so that a recent request keeps it longer. */
  #move(place: Place, rank: Rank): void {
    if (!this.#byRank[place.rank].delete(place)) return;
    place.rank = rank;
    this.#byRank[rank].add(place);
  }

  #evict(): boolean {
    for (const places of this.#byRank.slice(0, RANKS.busyKnown)) {
      for (const place of places) {
        this.#remove(keyOf(place.socket), place);
        place.socket.destroy();
        return true;
      }
    }
    return false;
  }

  #remove(key: string, place: Place): void {
    this.#byRank[place.rank].delete(place);
    if (this.#places.get(key) === place) this.#places.delete(key);
  }
}

function keyOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

/** Rank of a connection. Where no credentials exist, only WebSockets, which are few, are never replaced. */
function rankOf({ isKnown, isBusy, isDetached }: Connection, isOpen: boolean): Rank {
  if (isKnown && (!isOpen || isDetached)) return isBusy ? RANKS.busyKnown : RANKS.idleKnown;
  return isBusy ? RANKS.busyStranger : RANKS.idleStranger;
}
