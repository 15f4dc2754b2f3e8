/**
 * What is said of an endpoint that one load balancer carries alone, because it has no other or the
 * others shall be absent: in the words of `simulate`.
 * @module
 */
import { quote } from "../diagnostics.ts";
import type { Diagnostic, Endpoint } from "../model.ts";
import type { Loaded } from "./load.ts";

/** A warning for each endpoint that is down whenever its only load balancer is. */
export function aloneWarnings(
  endpoints: readonly Endpoint[],
  written: Loaded["written"],
): readonly Diagnostic[] {
  return endpoints.flatMap(({ name, members, leaving = [] }): Diagnostic[] => {
    const [only, ...others] = members;
    if (only === undefined || others.length > 0) return [];
    const source = written({ host: only.host.name }, []);
    const absent = leaving.length === 0 ? "" : ", one that is not absent";
    return [{
      severity: "warning",
      code: "single-loss",
      message: `Endpoint ${quote(name)} does not outlive one loss: without ` +
        `${quote(only.host.name)} no load balancer is left`,
      ...(source === undefined ? {} : { source }),
      hint: `a second load balancer in the group${absent}`,
    }];
  });
}
