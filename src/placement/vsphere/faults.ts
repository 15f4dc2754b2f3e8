/**
 * What a fault of a vCenter means, and what to do about it. Pure.
 * @module
 */
import { PlacementError } from "../errors.ts";
import type { Fault } from "./answers.ts";

/** What the user needs to change rules; the name is that of the role editor. */
const EDIT_CLUSTER = "Host.Inventory.EditCluster";

/**
 * The error for a fault.
 *
 * @param doing what was tried, after `Cannot`: `log in to vcenter.example.com as deploy`
 */
export function faultError(doing: string, fault: Fault): PlacementError {
  const [obstacle, why, hint] = meaning(fault);
  return new PlacementError(obstacle, `Cannot ${doing}: ${why}`, hint);
}

type Meaning = readonly [PlacementError["obstacle"], why: string, hint?: string];

function meaning({ type, text, privilege }: Fault): Meaning {
  switch (type) {
    case "InvalidLogin":
      return [
        "login",
        "user or password is wrong",
        "It is not tried again, because a vCenter locks users out: look at both, and at the domain of the user (name@vsphere.local)",
      ];
    case "NotAuthenticated":
      return ["login", "the session has ended", "Run it again"];
    case "NoPermission":
      return [
        "permission",
        `the user lacks the privilege ${privilege ?? EDIT_CLUSTER}`,
        `Give the user's role ${
          privilege ?? EDIT_CLUSTER
        } on the cluster; to look only, Read-only is enough`,
      ];
    case "ManagedObjectNotFound":
      return ["conflict", "what it is about is no longer there", "Run it again"];
    case "ConcurrentAccess":
    case "TaskInProgress":
      return ["conflict", "somebody else is changing the same", "Run it again"];
    default:
      return ["refused", `the server says ${said(type, text)}`];
  }
}

function said(type: string, text: string): string {
  const words = text.trim().replaceAll(/\s+/g, " ");
  const short = words.length > 200 ? `${words.slice(0, 200)}…` : words;
  if (type === "") return short === "" ? "nothing about the reason" : short;
  return short === "" || short === type ? type : `${type} (${short})`;
}
