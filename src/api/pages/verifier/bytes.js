// Bytes, and what is done with them everywhere.

/** What was read is not written as it has to be. Anything else that is thrown is a mistake of ours. */
export class Malformed extends Error {}

/** Goes on only if this holds. */
export function demand(holds) {
  if (!holds) throw new Malformed();
}

/** In lower-case hex. */
export function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Whether these are the same bytes. */
export function same(one, other) {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

export async function sha256(bytes) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

/** Reads base64url without padding. */
export function fromBase64url(text) {
  demand(/^[\w-]*$/.test(text));
  try {
    return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (byte) => byte.charCodeAt(0));
  } catch {
    throw new Malformed();
  }
}
