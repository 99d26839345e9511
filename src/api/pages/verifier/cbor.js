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
    switch (major) {
      case 0:
        return argument;
      case 1:
        return -1 - argument;
      case 2:
        return this.take(argument);
      case 3:
        return utf8(this.take(argument));
      case 4:
        return this.items(argument, depth);
      case 5:
        return this.pairs(argument, depth);
      case 6:
        return { tag: argument, value: this.item(depth + 1) };
      default:
        // Of the simple values only null is ours.
        demand(argument === 22);
        return null;
    }
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

/** A byte string with its head. */
export function byteString(bytes) {
  const { length } = bytes;
  const octets = (count) => Array.from({ length: count }, (_, n) => (length >>> (8 * (count - 1 - n))) & 0xff);
  const head = length < 24 ? [0x40 | length] : length < 0x100 ? [0x58, length] : length < 0x10000 ? [0x59, ...octets(2)] : [0x5a, ...octets(4)];
  return [...head, ...bytes];
}
