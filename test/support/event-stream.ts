/** Reads Server-Sent Events as a browser does, as far as the tests need it. */
export interface Received<T> {
  readonly id: string;
  readonly type: string;
  readonly data: T;
}

export class EventStream<T> {
  readonly events: Received<T>[] = [];
  private readonly stopping = new AbortController();
  private readonly ended: Promise<void>;
  private isEnded = false;

  private constructor(body: ReadableStream<Uint8Array>) {
    this.ended = this.read(body).catch(() => undefined);
    void this.ended.then(() => (this.isEnded = true));
  }

  /** @param lastId as the header Last-Event-ID. */
  static async open<T>(url: string, lastId?: string): Promise<EventStream<T>> {
    const controller = new AbortController();
    const response = await fetch(url, {
      headers: { accept: 'text/event-stream', ...(lastId ? { 'last-event-id': lastId } : {}) },
      signal: controller.signal,
    });
    if (!response.ok || !response.body) throw new Error(`${response.status}: ${await response.text()}`);
    const stream = new EventStream<T>(response.body);
    stream.stopping.signal.addEventListener('abort', () => controller.abort());
    return stream;
  }

  get lastId(): string {
    return this.events.at(-1)?.id ?? '';
  }

  get hasEnded(): boolean {
    return this.isEnded;
  }

  async close(): Promise<void> {
    this.stopping.abort();
    await this.ended;
  }

  private async read(body: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of body) {
      text += decoder.decode(chunk, { stream: true });
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        this.take(text.slice(0, end));
        text = text.slice(end + 2);
      }
    }
  }

  private take(block: string): void {
    const fields = new Map(
      block.split('\n').map((line) => {
        const [, name = '', value = ''] = /^([^:]*): ?(.*)$/.exec(line) ?? [];
        return [name, value] as const;
      })
    );
    const data = fields.get('data');
    if (data === undefined) return;
    this.events.push({ id: fields.get('id') ?? '', type: fields.get('event') ?? '', data: JSON.parse(data) as T });
  }
}
