export class Dockerd {
  static start(): Promise<Dockerd>;
  readonly socket: string;
  readonly pid: number | null;
  startAgain(): Promise<void>;
  end(signal?: NodeJS.Signals): Promise<void>;
  close(): Promise<void>;
}
export function useOwnNetwork(): Promise<void>;
