// The text in a QR: an address, `#`, and the code in base32.

/** The most characters a QR symbol holds. */
const MAX_CHARACTERS = 4296;
const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** The two parts around the first `#`, or null where there is none or the text is too long. */
export function splitText(text) {
  const at = text.indexOf("#");
  if (at < 0 || [...text].length > MAX_CHARACTERS) return null;
  return { address: text.slice(0, at), code: text.slice(at + 1) };
}

/** The bytes of base32 (RFC 4648) in either case, without padding, spare bits zero; else null. */
export function fromBase32(text) {
  if ([1, 3, 6].includes(text.length % 8)) return null;
  const bytes = [];
  let [held, bits] = [0, 0];
  for (const letter of text) {
    const value = BASE32.indexOf(letter >= "a" && letter <= "z" ? letter.toUpperCase() : letter);
    if (value < 0) return null;
    [held, bits] = [((held << 5) | value) & 0xfff, bits + 5];
    if (bits >= 8) bytes.push((held >> (bits -= 8)) & 0xff);
  }
  return held & ((1 << bits) - 1) ? null : Uint8Array.from(bytes);
}

// Only ASCII: `toLowerCase` would make other letters look like ours.
const lower = (text) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

/** Whether a camera would open an address that is none of these hosts. Nothing is repaired as browsers do. */
export function isForeign(address, hosts) {
  if (address === "") return false;
  const web = /^https?:\/\/([^/?]*)/i.exec(address);
  return !web || !hosts.some((host) => lower(host) === lower(web[1].replace(/:[0-9]*$/, "")));
}
