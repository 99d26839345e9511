// CBOR (RFC 8949): strictly what the registry writes, and a way past what a later version may write.

import { Malformed, demand } from "./bytes.js";

/** Nothing of ours is nested deeper. */
const MAX_DEPTH = 8;

/**
 * Reads one item that fills these bytes: integers, bytes, text, arrays, maps, null, and tags as `{tag, value}`; every
 * head the shortest, every length definite, no label twice.
 */
export function decode(bytes) {
  const reader = new Reader(bytes);
  const item = reader.item(0);
  demand(reader.at === bytes.length);
  return item;
}

/** Reads on from a place in bytes. */
export class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  take(count) {
    demand(count <= this.bytes.length - this.at);
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }

  /** A head of any form: major type and argument. One without length, or a break, has the argument null. */
  head() {
    const [first] = this.take(1);
    const [major, info] = [first >> 5, first & 31];
    demand(info < 28 || info === 31);
    if (info === 31) return { major, argument: null, isShortest: false };
    if (info < 24) return { major, argument: info, isShortest: true };
    const argument = this.take(1 << (info - 24)).reduce((value, byte) => value * 256 + byte, 0);
    const least = [24, 0x100, 0x10000, 0x100000000][info - 24];
    return { major, argument, isShortest: argument >= least };
  }

  item(depth) {
    const { major, argument, isShortest } = this.head();
    demand(isShortest && Number.isSafeInteger(argument) && depth < MAX_DEPTH);
    if (major < 4) return this.plain(major, argument);
    if (major === 4) return this.items(argument, depth);
    if (major === 5) return this.pairs(argument, depth);
    if (major === 6) return { tag: argument, value: this.item(depth + 1) };
    // Of the simple values only null is ours.
    demand(argument === 22);
    return null;
  }

  /** An integer, bytes or text, after the head. */
  plain(major, argument) {
    if (major === 0) return argument;
    if (major === 1) return -1 - argument;
    return major === 2 ? this.take(argument) : utf8(this.take(argument));
  }

  /** An integer, bytes or text of definite length, its head of any form; goes past anything else, which is undefined. */
  lenient() {
    const from = this.at;
    const { major, argument } = this.head();
    if (major < 4 && argument !== null) return this.plain(major, argument);
    this.at = from;
    this.skip();
  }

  /** Goes to what stands under a label in the map that comes next, past whatever else a later version may write. */
  find(label) {
    const { major, argument } = this.head();
    demand(major === 5 && argument !== null);
    for (let pair = 0; pair < argument; pair++) {
      if (this.lenient() === label) return this;
      this.skip();
    }
    throw new Malformed();
  }

  items(count, depth) {
    const items = [];
    for (let n = 0; n < count; n++) items.push(this.item(depth + 1));
    return items;
  }

  pairs(count, depth) {
    const map = new Map();
    for (let n = 0; n < count; n++) {
      const label = this.item(depth + 1);
      demand(["number", "string"].includes(typeof label) && !map.has(label));
      map.set(label, this.item(depth + 1));
    }
    return map;
  }

  /** Goes past one item of any form. */
  skip() {
    const { major, argument } = this.head();
    if (major === 2 || major === 3) {
      for (const part of this.parts(major, argument)) if (major === 3) utf8(part);
    } else if (major === 4 || major === 5) {
      const count = argument === null ? Infinity : argument * (major - 3);
      for (let n = 0; n < count && !(argument === null && this.isBreak()); n++) this.skip();
    } else if (major === 6) {
      this.skip();
    } else {
      demand(argument !== null || major === 7);
    }
  }

  /** The parts of a string: one, or those until the break. */
  parts(major, length) {
    if (length !== null) return [this.take(length)];
    const parts = [];
    while (!this.isBreak()) {
      const part = this.head();
      demand(part.major === major && part.argument !== null);
      parts.push(this.take(part.argument));
    }
    return parts;
  }

  isBreak() {
    if (this.bytes[this.at] !== 0xff) return false;
    this.at++;
    return true;
  }
}

function utf8(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Malformed();
  }
}

/** Whether a map has these labels and no other, in this order. */
export function hasLabels(map, labels) {
  const there = map instanceof Map ? [...map.keys()] : [];
  return map instanceof Map && there.length === labels.length && there.every((label, at) => label === labels[at]);
}

/** Whether this is a byte string of this length. */
export function isBytes(item, length) {
  return item instanceof Uint8Array && (length === undefined || item.length === length);
}

/** The head of a byte string of this length. */
export function bytesHead(length) {
  if (length < 24) return [0x40 | length];
  if (length < 0x100) return [0x58, length];
  if (length < 0x10000) return [0x59, length >> 8, length & 0xff];
  return [0x5a, length >>> 24, (length >> 16) & 0xff, (length >> 8) & 0xff, length & 0xff];
}
