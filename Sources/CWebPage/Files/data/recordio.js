// Streams of records, as master and agent send and take them: the length in bytes, a line break, the record.

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** No record of master or agent is longer. */
const LONGEST = 256 * 1024 * 1024;

/**
 * The records of a body, as they come.
 * @param {ReadableStream<Uint8Array>} body
 * @param {() => void} [heard] called whenever anything came.
 * @returns {AsyncGenerator<any>} each record, read as JSON.
 */
export async function* records(body, heard) {
  const reader = body.getReader();
  let pieces = [];
  let held = 0;
  let wanted = -1;
  try {
    for (;;) {
      const {done, value} = await reader.read();
      if (done) return;
      heard?.();
      pieces.push(value);
      held += value.length;
      for (;;) {
        if (wanted < 0) {
          const joined = join(pieces, held);
          const end = joined.indexOf(10);
          pieces = [joined];
          if (end < 0 && held > 20) throw new Error("what came is no stream of records");
          if (end < 0) break;
          wanted = Number(decoder.decode(joined.subarray(0, end)));
          if (!Number.isInteger(wanted) || wanted > LONGEST) throw new Error("what came is no stream of records");
          pieces = [joined.subarray(end + 1)];
          held -= end + 1;
        }
        if (held < wanted) break;
        const joined = join(pieces, held);
        const record = JSON.parse(decoder.decode(joined.subarray(0, wanted)));
        pieces = [joined.subarray(wanted)];
        held -= wanted;
        wanted = -1;
        yield record;
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

/** @param {any[]} list @returns {Uint8Array} the records as one body. */
export function encodeRecords(list) {
  const parts = list.map((record) => {
    const bytes = encoder.encode(JSON.stringify(record));
    return join([encoder.encode(`${bytes.length}\n`), bytes]);
  });
  return join(parts);
}

/** @param {Uint8Array[]} pieces */
function join(pieces, length = pieces.reduce((sum, piece) => sum + piece.length, 0)) {
  if (pieces.length === 1) return pieces[0];
  const joined = new Uint8Array(length);
  let place = 0;
  for (const piece of pieces) {
    joined.set(piece, place);
    place += piece.length;
  }
  return joined;
}

/** @param {string} text base64 @returns {Uint8Array} */
export const fromBase64 = (text) =>
  Uint8Array.fromBase64?.(text) ?? Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

/** @param {Uint8Array} bytes @returns {string} */
export const toBase64 = (bytes) =>
  bytes.toBase64?.() ?? btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
