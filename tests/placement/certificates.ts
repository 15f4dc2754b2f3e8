/** A CA of a test's own, and a certificate for 127.0.0.1 that it signed. */

/** Files and texts. Gone when it is disposed of. */
export interface Certificates extends AsyncDisposable {
  /** PEM of the CA. */
  readonly ca: string;
  /** PEM of the server's certificate. */
  readonly cert: string;
  /** Its key. */
  readonly key: string;
  /** Key of the CA. */
  readonly caKey: string;
  /** A certificate of the same key whose time is over. */
  readonly expired: string;
  /** Where the two of them lie, for a program. */
  readonly files: { readonly cert: string; readonly key: string };
  /** The folder that they lie in. */
  readonly dir: string;
}

/** Makes them with openssl. */
export async function certificates(): Promise<Certificates> {
  const dir = await Deno.makeTempDir({ prefix: "holdfast-vcenter-" });
  const ec = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const read = (name: string) => Deno.readTextFile(`${dir}/${name}`);
  await openssl(dir, "req", "-x509", ...ec, "-keyout", "ca.key", "-out", "ca.crt", ...named("ca"));
  await openssl(dir, "req", ...ec, "-keyout", "s.key", "-out", "s.csr", ...named("vcenter"));
  await Deno.writeTextFile(`${dir}/ext`, "subjectAltName=IP:127.0.0.1\n");
  const by = ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "ext"];
  await openssl(dir, "x509", "-req", "-in", "s.csr", "-days", "2", "-out", "s.crt", ...by);
  await openssl(dir, "x509", "-req", "-in", "s.csr", "-days", "-1", "-out", "e.crt", ...by);
  return {
    ca: await read("ca.crt"),
    cert: await read("s.crt"),
    key: await read("s.key"),
    caKey: await read("ca.key"),
    expired: await read("e.crt"),
    files: { cert: `${dir}/s.crt`, key: `${dir}/s.key` },
    dir,
    [Symbol.asyncDispose]: () => Deno.remove(dir, { recursive: true }),
  };
}

function named(name: string): string[] {
  return ["-subj", `/CN=holdfast-test-${name}`];
}

async function openssl(cwd: string, ...args: string[]): Promise<void> {
  const { code, stderr } = await new Deno.Command("openssl", { args, cwd }).output();
  if (code !== 0) throw new Error(`openssl ${args[0]}: ${new TextDecoder().decode(stderr)}`);
}
