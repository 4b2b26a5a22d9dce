export interface ContractData {
  body: "json" | "form";
  headers?: Record<string, string>;
  defaults?: Record<string, string>;
  signIns: (Call & { needs: string[]; once?: boolean })[];
  refresh: Call;
  answer: { access: string; refresh: string; expiresIn: string; expiresAt: string; type?: string };
  early: boolean;
  accessSeconds: number;
  endedStatuses: number[];
}

export interface Call {
  method: string;
  path: string;
  members?: Record<string, string>;
}

export type ContractName = "/auth/v1" | "/auth/v2" | "/v1/oauth" | "/v3" | "/oauth2";

export class Contract {
  constructor(name: ContractName);
  constructor(name: string, data: ContractData);
  readonly name: string;
  readonly refreshesEarly: boolean;
}

export interface Store {
  lock<T>(session: string, patience: number, act: () => Promise<T>): Promise<T>;
  read(session: string): Promise<string | undefined>;
  write(session: string, text: string, before: string | undefined): Promise<boolean>;
}

export class MemoryStore implements Store {
  lock<T>(session: string, patience: number, act: () => Promise<T>): Promise<T>;
  read(session: string): Promise<string | undefined>;
  write(session: string, text: string, before: string | undefined): Promise<boolean>;
}

export class BrowserStore implements Store {
  constructor(prefix?: string);
  lock<T>(session: string, patience: number, act: () => Promise<T>): Promise<T>;
  read(session: string): Promise<string | undefined>;
  write(session: string, text: string, before: string | undefined): Promise<boolean>;
}

export type SessionEventKind = "SignedIn" | "Refreshed" | "Retried" | "Ended" | "StepUpRequired";

export interface SessionOptions {
  store?: Store;
  name?: string;
  /** Seconds that one request may take. */
  timeout?: number;
  /** Seconds that a refresh is tried before the callers are told. */
  patience?: number;
  signInAfterReuse?: boolean;
  onEvent?: (kind: SessionEventKind, code?: string, challenge?: string) => void;
  /** Milliseconds since 1970. */
  clock?: () => number;
  fetch?: typeof globalThis.fetch;
}

export class AccessToken {
  private constructor();
  readonly value: string;
  readonly expiresAt: Date;
  /** DPoP for a token that is bound to a key (RFC 9449). */
  readonly scheme: "Bearer" | "DPoP";
  /** The header DPoP of one request; undefined for a token that is not bound to a key. */
  proof(method: string, url: string | URL, nonce?: string): Promise<string | undefined>;
}

export class Session {
  constructor(
    server: string | URL,
    contract?: ContractName | Contract,
    credentials?: Record<string, string>,
    options?: SessionOptions,
  );
  token(call?: { rejected?: AccessToken; signal?: AbortSignal }): Promise<AccessToken>;
  signIn(): Promise<void>;
  fetch(url: string | URL, init?: RequestInit, call?: { repeatable?: boolean }): Promise<Response>;
}

export class SessionError extends Error {
  readonly code?: string;
  readonly reason: string;
  readonly nextStep: string;
  /** Seconds. */
  readonly retryAfter?: number;
}

export class SessionEndedError extends SessionError {
  readonly reused: boolean;
}

export class SignInRefusedError extends SessionError {}
export class RequestRefusedError extends SessionError {}
export class ServerUnavailableError extends SessionError {}
export class SessionStoreError extends SessionError {}
export class NoSessionError extends SessionError {}
