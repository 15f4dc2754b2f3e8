/**
 * A second prober that shares nothing with the product's: a process of its own, the clock of the
 * wall, Deno's fetch. Arguments: URL, file of the CA, interval in milliseconds. Asks until its
 * standard input ends, then prints `sent took ok`, one line for each request, epoch milliseconds.
 */
const [url = "", caFile = "", interval = ""] = Deno.args;
const caCerts = [Deno.readTextFileSync(caFile)];
const lines: string[] = [];
const underWay = new Set<Promise<void>>();

async function ask(): Promise<void> {
  const sent = Date.now();
  // A client for each request: nothing is kept between two of them.
  using client = Deno.createHttpClient({ caCerts, poolMaxIdlePerHost: 0 });
  let ok = false;
  try {
    const response = await fetch(url, { client, signal: AbortSignal.timeout(1000) });
    await response.text();
    ok = response.status === 200;
  } catch { /* No answer is what it looks for. */ }
  lines.push(`${sent} ${Date.now() - sent} ${ok ? 1 : 0}`);
}

const timer = setInterval(() => {
  const asked = ask();
  underWay.add(asked);
  asked.finally(() => underWay.delete(asked));
}, Number(interval));
for await (const _ of Deno.stdin.readable) { /* Until it ends. */ }
clearInterval(timer);
await Promise.all(underWay);
console.log(lines.join("\n"));
