import { absent } from "../../tasks/absent.ts";
import { cases } from "./cases.ts";

const task = absent({ paths: ["/etc/a", "/etc/b"] });

cases("absent()", {
  "wants nothing when nothing is there": {
    task,
    seen: "path /etc/a\nabsent\npath /etc/b\nabsent\n",
    changes: [],
  },
  "removes files and links": {
    task,
    seen: `path /etc/a\nlink /x\npath /etc/b\nfile\nstat 1 644 root root\n${btoa("b")}\n`,
    changes: ["remove /etc/a", "remove /etc/b"],
  },
  "says what protects a file": {
    task,
    seen:
      `path /etc/a\nabsent\npath /etc/b\nfile\nattr -----a------ /etc/b\nstat 1 644 root root\n${
        btoa("b")
      }\n`,
    error: 'Cannot remove "/etc/b": /etc/b is append-only; "chattr -a /etc/b" takes that away',
  },
  "says what protects its folder": {
    task,
    seen: "path /etc/a\nlink /x\npath /etc/b\nabsent\nattr ----i-------- /etc/.\n",
    error: 'Cannot remove "/etc/a": /etc is immutable; "chattr -i /etc" takes that away',
  },
  "removes one of several names": {
    task,
    seen: `path /etc/a\nfile\npath /etc/b\nabsent\nstat 1 644 root root 0:0 2\n${btoa("a")}\n`,
    changes: ["remove /etc/a"],
  },
  "removes what is of a pattern, and nothing that stays or only looks like it": {
    task: absent({ paths: ["/etc/a"], patterns: ["/etc/ca-*.crt"], except: ["/etc/ca-kept.crt"] }),
    seen: [
      ...["/etc/a", "/etc/ca-kept.crt", "/etc/ca-old-1.crt", "/etc/ca-.crt", "/etc/ca-a.b.crt"],
      ...["/etc/ca-a/../b.crt", "/etc/ca.crt"],
    ].map((path) => `path ${path}\nlink /x\n`).join(""),
    changes: ["remove /etc/a", "remove /etc/ca-old-1.crt"],
  },
  "wants nothing where no file is of a pattern": {
    task: absent({ paths: [], patterns: ["/etc/ca-*.crt"] }),
    seen: "path /etc/ca-*.crt\nabsent\n",
    changes: [],
  },
  "leaves a directory alone": {
    task,
    seen: "path /etc/a\ndirectory 755 root root\npath /etc/b\nabsent\n",
    error: 'Cannot remove "/etc/a": it is a directory',
  },
});
