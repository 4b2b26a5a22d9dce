import type { Store } from "./index.js";

export class FileStore implements Store {
  constructor(folder: string);
  lock<T>(session: string, patience: number, act: () => Promise<T>): Promise<T>;
  read(session: string): Promise<string | undefined>;
  write(session: string, text: string, before: string | undefined): Promise<boolean>;
}
