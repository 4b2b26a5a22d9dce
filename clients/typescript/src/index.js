export { Contract } from "./contract.js";
export {
  NoSessionError,
  RequestRefusedError,
  ServerUnavailableError,
  SessionEndedError,
  SessionError,
  SessionStoreError,
  SignInRefusedError,
} from "./errors.js";
export { AccessToken, Session } from "./session.js";
export { BrowserStore, MemoryStore } from "./stores.js";
