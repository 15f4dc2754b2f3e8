/**
 * An apply that is ended half way on lb1: its step is held at a place of the test's choosing, so that
 * it is still under way however slow this machine is.
 * @module
 */
import { assertEquals } from "@std/assert";
import type { Lab } from "../../src/lab/mod.ts";
import * as hf from "./holdfast.ts";

/** Is there on lb1 while a step is held; the step goes on when it is taken away. */
export const MARK = "/run/step-under-way";

/**
 * Makes a program on lb1 dwell over calls whose words match a shell pattern, before or after its
 * work, until its mark goes.
 */
export async function dwell(
  lab: Lab,
  program: string,
  pattern: string,
  when: "before" | "after",
): Promise<void> {
  // The host goes back with programs of its own, which are not slowed.
  const wait = `case " $* " in *.undo*) ;; ${pattern}) touch ${MARK}; i=0
while [ -e ${MARK} ] && [ $i -lt 600 ]; do sleep 0.2; i=$((i + 1)); done ;; esac`;
  const real =
    (await hf.root(lab, "lb1", `PATH=/usr/sbin:/usr/bin:/sbin:/bin command -v ${program}`)).trim();
  const text = when === "before" ? `${wait}\nexec ${real} "$@"` : `${real} "$@" || exit\n${wait}`;
  const path = `/usr/local/sbin/${program}`;
  await hf.root(
    lab,
    "lb1",
    `rm -f ${MARK}; cat > ${path} <<'END'\n#!/bin/sh\n${text}\nEND\nchmod 755 ${path}`,
  );
}

/** Takes every slowed program away again. */
export async function hurry(lab: Lab): Promise<void> {
  await hf.root(lab, "lb1", `rm -f /usr/local/sbin/haproxy /usr/local/sbin/mv ${MARK}`);
}

/** Whether a test of the shell holds on lb1. */
export function exists(lab: Lab, test: string): Promise<boolean> {
  return hf.root(lab, "lb1", `if ${test}; then echo yes; fi`).then((said) => said !== "");
}

/** Waits until the step dwells. */
export function underWay(lab: Lab): Promise<void> {
  return hf.eventually("the step is under way", () => exists(lab, `[ -e ${MARK} ]`));
}

/** Waits until lb1 has gone back from what its lost controller had begun, and asserts that nothing lies about. */
export async function assertTidy(lab: Lab): Promise<void> {
  let left = "";
  const tidy = async () => (left = await hf.litter(lab, "lb1")) === "";
  await hf.eventually("the host goes back", tidy).catch(() => assertEquals(left, ""));
}
