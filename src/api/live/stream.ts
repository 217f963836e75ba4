/** One client that listens to events. */
export interface Listener<T> {
  send(event: T): void;
}

/** Something that can be listened to. */
export interface Source<T> {
  /**
   * @param after the last id that the client has seen; null: none.
   * @returns what ends it.
   */
  listen(listener: Listener<T>, after: string | null): Promise<() => void>;
}
