/**
 * As much of HTTP/1.1 as it takes to know the status of an answer and where it ends. Pure.
 * @module
 */

/** What has come of one answer so far. */
export interface Answer {
  /** Status code; unset while the first line is not whole. */
  readonly status?: number;
  /** Characters up to its end; unset while that has not come. */
  readonly length?: number;
  /** Only the end of the connection ends it. @default {false} */
  readonly untilClose?: boolean;
  /** It is no HTTP. @default {false} */
  readonly garbage?: boolean;
}

/** What is asked for, as text. */
export function requestText(host: string, path: string, connection: "close" | "keep-alive") {
  const name = host.includes(":") ? `[${host}]` : host;
  return `GET ${path} HTTP/1.1\r\nHost: ${name}\r\nUser-Agent: holdfast\r\nAccept: */*\r\n` +
    `Connection: ${connection}\r\n\r\n`;
}

/** Reads the answer at the start of a text, one character for each byte. */
export function readAnswer(text: string): Answer {
  const line = /^HTTP\/1\.[01] (\d{3})(?: [^\r\n]*)?\r\n/.exec(text);
  if (line === null) {
    const begins = "HTTP/1.".startsWith(text.slice(0, 7)) && text.length < 4096;
    return begins && !text.includes("\n") ? {} : { garbage: true };
  }
  const status = Number(line[1]);
  const head = text.indexOf("\r\n\r\n");
  if (head < 0) return { status };
  const start = head + 4;
  const headers = text.slice(0, head).toLowerCase();
  if (status === 204 || status === 304) return { status, length: start };
  if (/^transfer-encoding:.*chunked/m.test(headers)) return chunked(text, start, status);
  const said = /^content-length:[ \t]*(\d+)[ \t]*$/m.exec(headers)?.[1];
  if (said === undefined) return { status, untilClose: true };
  const length = start + Number(said);
  return text.length < length ? { status } : { status, length };
}

function chunked(text: string, start: number, status: number): Answer {
  for (let at = start;;) {
    const line = text.indexOf("\r\n", at);
    if (line < 0) return { status };
    const size = parseInt(text.slice(at, line), 16);
    if (Number.isNaN(size)) return { garbage: true };
    if (size === 0) return trailer(text, line, status);
    at = line + 2 + size + 2;
    if (at > text.length) return { status };
  }
}

/** After the last chunk: further headers, or none, and an empty line. */
function trailer(text: string, line: number, status: number): Answer {
  const end = text.indexOf("\r\n\r\n", line);
  return end < 0 ? { status } : { status, length: end + 4 };
}

/**
 * The kind of an answer by its status: `ok`, else `http 500`. Of a server that is `guarded` it is good
 * enough to hear that we are not let in.
 */
export function statusKind(status: number, guarded = false): string {
  const well = (status >= 200 && status < 300) || (guarded && (status === 401 || status === 403));
  return well ? "ok" : `http ${status}`;
}
