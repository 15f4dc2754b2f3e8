/**
 * What a vCenter is asked, as XML of the vim25 web service. The order of elements is that of its
 * WSDL. Pure.
 * @module
 */
import { escapeXml } from "./xml.ts";

/** A managed object of the server. */
export interface Ref {
  /** Its type: `VirtualMachine`, `HostSystem`, … */
  readonly type: string;
  /** Its id there. */
  readonly value: string;
}

/** The one object whose name is known before anything was asked. */
export const SERVICE: Ref = { type: "ServiceInstance", value: "ServiceInstance" };

/** One call of a method. */
export interface Request {
  /** Name of the method. */
  readonly method: string;
  /** Object that it is called on. */
  readonly on: Ref;
  /** Its arguments as XML. */
  readonly args: string;
}

/** A property set to read: a type of objects, and the properties of each. */
export interface Wish {
  /** Type of the objects. */
  readonly type: string;
  /** Paths of the properties. */
  readonly paths: readonly string[];
}

/** A rule as it is written. */
export interface RuleSpec {
  /** Key of the rule that is changed; unset: a new one. */
  readonly key?: string;
  /** The server's lasting id of the rule that is changed. */
  readonly uuid?: string;
  /** Its name. */
  readonly name: string;
  /** Whether it may not be broken. */
  readonly mandatory: boolean;
  /** Ids of its machines. */
  readonly vms: readonly string[];
}

const SPACES = [
  'xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"',
  'xmlns:xsd="http://www.w3.org/2001/XMLSchema"',
  'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"',
].join(" ");

/** The whole message. @throws {XmlError} for what XML cannot hold */
export function envelope({ method, on, args }: Request): string {
  const call = `<${method} xmlns="urn:vim25">${refXml("_this", on)}${args}</${method}>`;
  return '<?xml version="1.0" encoding="UTF-8"?>' +
    `<soapenv:Envelope ${SPACES}><soapenv:Body>${call}</soapenv:Body></soapenv:Envelope>`;
}

/** Which objects the others are found by. */
export function serviceContent(): Request {
  return { method: "RetrieveServiceContent", on: SERVICE, args: "" };
}

/** Begins a session. */
export function login(manager: Ref, user: string, password: string): Request {
  const args = `${tag("userName", user)}${tag("password", password)}`;
  return { method: "Login", on: manager, args };
}

/** Ends the session. */
export function logout(manager: Ref): Request {
  return { method: "Logout", on: manager, args: "" };
}

/** A view of everything of these types below a folder. */
export function containerView(manager: Ref, root: Ref, types: readonly string[]): Request {
  const wanted = types.map((type) => tag("type", type)).join("");
  const args = `${refXml("container", root)}${wanted}<recursive>true</recursive>`;
  return { method: "CreateContainerView", on: manager, args };
}

/** Gives up a view. */
export function destroyView(view: Ref): Request {
  return { method: "DestroyView", on: view, args: "" };
}

/** Properties of everything in a view. */
export function retrieveView(collector: Ref, view: Ref, wishes: readonly Wish[]): Request {
  const way = '<selectSet xsi:type="TraversalSpec"><name>view</name><type>ContainerView</type>' +
    "<path>view</path><skip>false</skip></selectSet>";
  return retrieval(
    collector,
    wishes,
    `<objectSet>${refXml("obj", view)}<skip>true</skip>${way}</objectSet>`,
  );
}

/** Properties of objects that are known. */
export function retrieve(collector: Ref, objects: readonly Ref[], wish: Wish): Request {
  const set = objects.map((ref) =>
    `<objectSet>${refXml("obj", ref)}<skip>false</skip></objectSet>`
  );
  return retrieval(collector, [wish], set.join(""));
}

/** The next part of an answer that came in parts. */
export function continued(collector: Ref, token: string): Request {
  return { method: "ContinueRetrievePropertiesEx", on: collector, args: tag("token", token) };
}

/** Makes or changes an anti-affinity rule of a cluster, enabled. */
export function writeRule(cluster: Ref, rule: RuleSpec): Request {
  const info = [
    rule.key === undefined ? "" : tag("key", rule.key),
    "<enabled>true</enabled>",
    tag("name", rule.name),
    tag("mandatory", String(rule.mandatory)),
    "<userCreated>true</userCreated>",
    rule.uuid === undefined ? "" : tag("ruleUuid", rule.uuid),
    ...rule.vms.map((value) => refXml("vm", { type: "VirtualMachine", value })),
  ].join("");
  const operation = rule.key === undefined ? "add" : "edit";
  return reconfigure(
    cluster,
    `${tag("operation", operation)}<info xsi:type="ClusterAntiAffinityRuleSpec">${info}</info>`,
  );
}

/** Takes a rule of a cluster away. */
export function removeRule(cluster: Ref, key: string): Request {
  const which = `<removeKey xsi:type="xsd:int">${escapeXml(key)}</removeKey>`;
  return reconfigure(cluster, `${tag("operation", "remove")}${which}`);
}

function reconfigure(cluster: Ref, rule: string): Request {
  // Without `modify` the server would set everything else of the cluster to its defaults.
  const args = `<spec xsi:type="ClusterConfigSpecEx"><rulesSpec>${rule}</rulesSpec></spec>` +
    "<modify>true</modify>";
  return { method: "ReconfigureComputeResource_Task", on: cluster, args };
}

function retrieval(collector: Ref, wishes: readonly Wish[], objects: string): Request {
  const sets = wishes.map(({ type, paths }) =>
    `<propSet>${tag("type", type)}<all>false</all>${
      paths.map((path) => tag("pathSet", path)).join("")
    }</propSet>`
  );
  const args = `<specSet>${sets.join("")}${objects}</specSet><options/>`;
  return { method: "RetrievePropertiesEx", on: collector, args };
}

function tag(name: string, text: string): string {
  return `<${name}>${escapeXml(text)}</${name}>`;
}

function refXml(name: string, { type, value }: Ref): string {
  return `<${name} type="${escapeXml(type)}">${escapeXml(value)}</${name}>`;
}
