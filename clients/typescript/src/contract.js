import known from "./contracts.js";

const place = /\{(\w+)\}/g;

/** A token contract as data: where it is called, what its members are called, when it may be refreshed. */
export class Contract {
  /** One of the contracts of contracts.json by its path, or one of your own in the same form. */
  constructor(name, data = Object.hasOwn(known.contracts, name) ? known.contracts[name] : undefined) {
    if (data === undefined) throw new RangeError(`There is no contract ${name}.`);
    this.name = name;
    this.form = data.body === "form";
    this.refreshesEarly = data.early;
    this.accessSeconds = data.accessSeconds;
    this.headers = data.headers ?? {};
    this.defaults = data.defaults ?? {};
    this.signIns = data.signIns;
    this.refresh = data.refresh;
    this.answer = data.answer;
    this.endedStatuses = data.endedStatuses;
  }
}

export const isCode = (kind, code) => known.codes[kind].includes(code);

export const words = (key) => known.words[key];

/** The path with its values; they are escaped, so none can change where the request goes. */
export const pathWith = (call, values) =>
  call.path.replace(place, (_, name) => encodeURIComponent(values[name] ?? ""));

/** Names with their values; what has no value is left out. */
export function fill(templates, values) {
  const filled = {};
  for (const [name, template] of Object.entries(templates)) {
    const [found] = template.matchAll(place);
    if (!found) filled[name] = template;
    else if (values[found[1]] !== undefined) filled[name] = values[found[1]];
  }
  return filled;
}
