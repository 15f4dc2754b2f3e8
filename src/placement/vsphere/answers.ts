/**
 * What a vCenter answers, as plain data. Whatever is not as it should be is an error: an answer that
 * is understood by half would make a plan of half the machines. Pure.
 * @module
 */
import { PlacementError } from "../errors.ts";
import type { Ref } from "./requests.ts";
import { child, childrenOf, type Element, readXml, textAt, XmlError } from "./xml.ts";

/** A fault that the server tells of. */
export interface Fault {
  /** Its type: `InvalidLogin`, `NoPermission`, …; empty: it does not say. */
  readonly type: string;
  /** What the server says about it; of its own making, not ours. */
  readonly text: string;
  /** The privilege that is missing, where it is about one. */
  readonly privilege?: string;
}

/** Which objects a session works with. */
export interface Service {
  /** What the others are below. */
  readonly rootFolder: Ref;
  /** Reads properties. */
  readonly propertyCollector: Ref;
  /** Makes views. */
  readonly viewManager: Ref;
  /** Knows who may. */
  readonly sessionManager: Ref;
}

/** An object and the properties of it that were read, each by its path. */
export interface Properties {
  /** Which object. */
  readonly ref: Ref;
  /** Values by path; what has no value is not in it. */
  readonly values: ReadonlyMap<string, Element>;
}

/** A part of the answer to a reading of properties. */
export interface Page {
  /** The objects. */
  readonly objects: readonly Properties[];
  /** What the next part is asked for with; unset: this was the last. */
  readonly token?: string;
}

/**
 * The element that a method answers with, or the fault.
 *
 * @throws {PlacementError} for an answer that is neither
 */
export function readAnswer(method: string, text: string): Element | Fault {
  let root: Element;
  try {
    root = readXml(text);
  } catch (error) {
    if (error instanceof XmlError) throw senseless(method, error.message);
    throw error;
  }
  const body = child(root, "Body");
  if (root.name !== "Envelope" || body === undefined) throw senseless(method, "No SOAP message");
  const fault = child(body, "Fault");
  if (fault !== undefined) return faultOf(fault);
  const answer = child(body, `${method}Response`);
  if (answer === undefined) throw senseless(method, `No ${method}Response in it`);
  return answer;
}

/** Whether an answer is a fault. */
export function isFault(answer: Element | Fault): answer is Fault {
  return !("children" in answer);
}

/** A fault within an element of the type `LocalizedMethodFault`, as a task ends with. */
export function localizedFault(element: Element | undefined): Fault {
  return withPrivilege(
    child(element, "fault"),
    child(element, "fault")?.type ?? "",
    textAt(element, "localizedMessage") ?? "",
  );
}

/**
 * What the server is, and which objects to ask.
 *
 * @throws {PlacementError} when it is no vCenter: a single ESXi host has no clusters
 */
export function readService(answer: Element): Service {
  const content = child(answer, "returnval");
  const kind = textAt(content, "about", "apiType");
  if (kind !== "VirtualCenter") {
    throw new PlacementError(
      "setting",
      "Cannot ask for placement: the server is no vCenter" +
        (kind === "HostAgent" ? " but a single ESXi host, which has no clusters" : ""),
      "Give the name of the vCenter as server",
    );
  }
  return {
    rootFolder: refAt(content, "rootFolder"),
    propertyCollector: refAt(content, "propertyCollector"),
    viewManager: refAt(content, "viewManager"),
    sessionManager: refAt(content, "sessionManager"),
  };
}

/** The object that a method gives. @throws {PlacementError} */
export function readRef(answer: Element): Ref {
  return refAt(answer, "returnval");
}

/**
 * Objects with their properties.
 *
 * @throws {PlacementError} when the server could not read a property: what is missing then looks the
 * same as what is not there
 */
export function readPage(answer: Element): Page {
  const result = child(answer, "returnval");
  const objects = childrenOf(result, "objects").map(properties);
  const token = textAt(result, "token");
  return { objects, ...(token !== undefined && token !== "" && { token }) };
}

/** The reference that an element holds. @throws {PlacementError} when it holds none */
export function refOf(element: Element | undefined): Ref {
  const type = element?.attributes.get("type");
  const value = element?.text.trim();
  if (type === undefined || value === undefined || value === "") {
    throw senseless(element?.name ?? "the service", "An object without an id");
  }
  return { type, value };
}

/** An answer that makes no sense. */
export function senseless(what: string, why: string): PlacementError {
  return new PlacementError(
    "answer",
    `Cannot understand the answer to ${what}: ${why}`,
    "Look whether the server is a vCenter, and whether something stands between it and this machine",
  );
}

function properties(element: Element): Properties {
  const missing = child(element, "missingSet");
  const ref = refOf(child(element, "obj"));
  if (missing !== undefined) throw unreadable(ref, missing);
  const values = childrenOf(element, "propSet").map((set) => {
    const [path, value] = [textAt(set, "name"), child(set, "val")];
    if (path === undefined || value === undefined) {
      throw senseless(ref.value, "A nameless property");
    }
    return [path, value] as const;
  });
  return { ref, values: new Map(values) };
}

function unreadable({ type, value }: Ref, missing: Element): PlacementError {
  const { type: fault, privilege } = localizedFault(child(missing, "fault"));
  const path = textAt(missing, "path") ?? "";
  const denied = fault === "NoPermission";
  return new PlacementError(
    denied || fault === "NotAuthenticated" ? "permission" : "answer",
    `Cannot read ${path} of ${type} ${value}: ${fault || "the server gives no reason"}`,
    denied
      ? `Give the user ${privilege ?? "System.Read"} on it, as the role Read-only has`
      : undefined,
  );
}

function refAt(element: Element | undefined, name: string): Ref {
  return refOf(child(element, name));
}

function faultOf(fault: Element): Fault {
  const detail = child(fault, "detail")?.children[0];
  const type = detail?.type ?? detail?.name.replace(/Fault$/, "") ?? "";
  return withPrivilege(detail, type, textAt(fault, "faultstring") ?? "");
}

function withPrivilege(detail: Element | undefined, type: string, text: string): Fault {
  const privilege = textAt(detail, "privilegeId");
  return { type, text, ...(privilege !== undefined && { privilege }) };
}
