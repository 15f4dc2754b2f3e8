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
  "leaves a directory alone": {
    task,
    seen: "path /etc/a\ndirectory 755 root root\npath /etc/b\nabsent\n",
    error: 'Cannot remove "/etc/a": it is a directory',
  },
});
