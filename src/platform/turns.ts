/** Pieces of work that must not run beside each other, by name: each waits for those of its name that came before it. */
export class Turns {
  private readonly last = new Map<string, Promise<unknown>>();

  /** @returns what `work` returns. @throws what it throws; whoever comes next has its turn all the same. */
  async take<T>(name: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.last.get(name) ?? Promise.resolve()).then(work);
    const settled = turn.catch(() => undefined);
    this.last.set(name, settled);
    try {
      return await turn;
    } finally {
      if (this.last.get(name) === settled) this.last.delete(name);
    }
  }
}
