/** @module */
import type { Word } from "../../configs/model.ts";
import { defineLint } from "../../define.ts";
import { type Check, checks } from "./_checks.ts";

/** Another address that begins like this one is taken for it. */
export const addressPrefixMatch = defineLint({
  code: "address-prefix-match",
  severity: "warning",
  title: "grep for an address finds longer ones too",
  why: "`grep 10.0.0.1` also finds `10.0.0.10`. A standby with such an address believes that it " +
    "holds the virtual one, asks for it, and fails its check for ever while it is healthy. " +
    "Measured: a standby 10.88.0.37 with the virtual address 10.88.0.3.",
  err: {
    files: {
      "lb1/check_apiserver.sh": `#!/bin/sh
if ip addr | grep -q 10.0.0.1; then
    curl -sf --max-time 1 -o /dev/null http://127.0.0.1:8404/ready
fi
`,
    },
    addresses: { lb1: ["10.0.0.11"] },
    says: `lb1/check_apiserver.sh:2:22: warning: lb1 takes its own 10.0.0.11 for the virtual ` +
      `address, and fails its check for ever: grep finds "10.0.0.1" in longer addresses ` +
      `too [address-prefix-match]
   hint: ask for the whole address: ip -o addr show to 10.0.0.1/32 | grep -q .`,
  },
  ok: {
    files: {
      "lb1/check_apiserver.sh": `#!/bin/sh
if ip -o addr show to 10.0.0.1/32 | grep -q .; then
    curl -sf --max-time 1 -o /dev/null http://127.0.0.1:8404/ready
fi
`,
    },
    addresses: { lb1: ["10.0.0.11"] },
  },
  *check(subject) {
    for (const check of checks(subject)) {
      for (const word of patterns(check)) {
        const other = check.node.addresses.find((it) => it !== word.text && it.includes(word.text));
        const who = other
          ? `${check.node.name} takes its own ${other} for the virtual address`
          : `a load balancer whose address goes on after it takes its own for the virtual address`;
        yield {
          message: `${who}, and fails its check for ever: grep finds "${word.text}" in longer ` +
            `addresses too`,
          source: word.source,
          hint: `ask for the whole address: ip -o addr show to ${word.text}/32 | grep -q .`,
        };
      }
    }
  },
});

const ADDRESS = /^(?:\d+\\?\.){3}\d+$|^\$\{?\w*(?:VIP|ADDRESS|_IP)\w*\}?$/i;

/** Addresses that grep looks for in the addresses of the host. */
function patterns({ commands }: Check): readonly Word[] {
  return commands.flatMap(({ words, ends }, i) => {
    const [first] = words.filter(({ text }) =>
      !["if", "elif", "while", "!", "then"].includes(text)
    );
    const list = /^(?:\S*\/)?(?:ip|ifconfig|hostname)$/.test(first?.text ?? "") && ends === "|";
    const grep = list ? commands[i + 1]?.words ?? [] : [];
    if (!/^(?:\S*\/)?[ef]?grep$/.test(grep[0]?.text ?? "")) return [];
    const whole = grep.some(({ text }) => /^-\w*[wx]|^--(?:word|line)-regexp/.test(text));
    const pattern = grep.slice(1).find(({ text }) => !text.startsWith("-"));
    return !whole && pattern && ADDRESS.test(pattern.text) ? [pattern] : [];
  });
}
