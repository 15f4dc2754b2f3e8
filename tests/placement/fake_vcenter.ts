/**
 * A server that answers like a vCenter, for what the simulator cannot do: answers in parts, faults in
 * the middle, tasks that end late, garbage. Its texts are our reading of the API, not a vCenter's.
 */
import { secret } from "../../src/secret.ts";
import type { VsphereOptions } from "../../src/placement/vsphere/mod.ts";
import type { Certificates } from "./certificates.ts";

/** The password of the one user, with what XML and regular expressions would take for theirs. */
export const PASSWORD = `p&ss<w>"ö$(x)`;

/** What a method is answered with: the inner XML of the response, or a whole answer. */
export type Reply = string | Response;

/** Answers by method; gets the message, and how often this method was asked for before. */
export type Replies = Readonly<Record<string, (message: string, before: number) => Reply>>;

/** A running server. */
export interface FakeVcenter extends AsyncDisposable {
  /** `127.0.0.1:PORT`. */
  readonly server: string;
  /** Methods in the order of the calls. */
  readonly methods: string[];
  /** Cookies that came with each call; empty: none. */
  readonly cookies: string[];
  /** Messages as they came. */
  readonly messages: string[];
}

/** How often a method was called. */
export function times(vcenter: FakeVcenter, method: string): number {
  return vcenter.methods.filter((one) => one === method).length;
}

/** What leads to it, with the right user. */
export function optionsFor(
  { server }: { readonly server: string },
  { ca }: Certificates,
  more: Partial<VsphereOptions> = {},
): VsphereOptions {
  return {
    ...{ server, ca, user: "deploy@vsphere.local", password: secret(PASSWORD) },
    ...more,
  };
}

/** Serves TLS on 127.0.0.1. What `replies` does not say is answered as by a vCenter without machines. */
export function fakeVcenter({ cert, key }: Certificates, replies: Replies = {}): FakeVcenter {
  const seen = { methods: [] as string[], cookies: [] as string[], messages: [] as string[] };
  const all = { ...USUAL, ...replies };
  const options = { hostname: "127.0.0.1", port: 0, cert, key, onListen: () => {} };
  const server = Deno.serve(options, async (request) => {
    const message = await request.text();
    const method = /<soapenv:Body><(\w+)/.exec(message)?.[1] ?? "";
    const before = seen.methods.filter((one) => one === method).length;
    seen.methods.push(method);
    seen.cookies.push(request.headers.get("cookie") ?? "");
    seen.messages.push(message);
    const reply = all[method]?.(message, before) ?? fault("NotImplemented");
    if (reply instanceof Response) return reply;
    const headers = new Headers({ "content-type": "text/xml" });
    if (method === "Login") {
      headers.append("set-cookie", "other=1");
      headers.append("set-cookie", "vmware_soap_session=5e55; Path=/; HttpOnly; Secure");
    }
    return new Response(
      inEnvelope(`<${method}Response xmlns="urn:vim25">${reply}</${method}Response>`),
      {
        headers,
      },
    );
  });
  return {
    server: `127.0.0.1:${(server.addr as Deno.NetAddr).port}`,
    ...seen,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** A fault of the service. */
export function fault(type: string, text = "", more = ""): Response {
  const body =
    `<soapenv:Fault><faultcode>ServerFaultCode</faultcode><faultstring>${text}</faultstring>` +
    `<detail><${type}Fault xmlns="urn:vim25" xsi:type="${type}">${more}</${type}Fault></detail></soapenv:Fault>`;
  return new Response(inEnvelope(body), { status: 500 });
}

/** A reference. */
export function ref(name: string, type: string, value: string): string {
  return `<${name} type="${type}">${value}</${name}>`;
}

/** An object with properties, each of them whole XML of its value. */
export function object(
  type: string,
  value: string,
  properties: Readonly<Record<string, string>>,
): string {
  const sets = Object.entries(properties).map(([name, val]) =>
    `<propSet><name>${name}</name>${val.startsWith("<val") ? val : `<val>${val}</val>`}</propSet>`
  );
  return `<objects>${ref("obj", type, value)}${sets.join("")}</objects>`;
}

/** A machine on a host. */
export function machine(
  id: string,
  name: string,
  host = "host-1",
  more: Record<string, string> = {},
): string {
  return object("VirtualMachine", id, {
    name,
    "config.template": "false",
    "runtime.host": ref("val", "HostSystem", host),
    "runtime.powerState": "poweredOn",
    ...more,
  });
}

/** Two hosts in a cluster `C0` of the datacenter `DC0`. */
export const CLUSTER: string = [
  object("Datacenter", "datacenter-1", { name: "DC0", parent: ref("val", "Folder", "group-d1") }),
  object("Folder", "group-h1", { name: "host", parent: ref("val", "Datacenter", "datacenter-1") }),
  object("ClusterComputeResource", "domain-c1", {
    name: "C0",
    parent: ref("val", "Folder", "group-h1"),
  }),
  ...["1", "2"].map((n) =>
    object("HostSystem", `host-${n}`, {
      name: `esx-0${n}`,
      parent: ref("val", "ClusterComputeResource", "domain-c1"),
      "runtime.connectionState": "connected",
      "runtime.inMaintenanceMode": "false",
    })
  ),
].join("");

/** A configuration of the cluster with these rules. */
export function configuration(rules = "", drs = "<enabled>true</enabled>", more = ""): string {
  return object("ClusterComputeResource", "domain-c1", {
    configurationEx: `<val xsi:type="ClusterConfigInfoEx"><drsConfig>${drs}` +
      `<defaultVmBehavior>fullyAutomated</defaultVmBehavior></drsConfig>${rules}${more}</val>`,
  });
}

/** An anti-affinity rule of two machines. */
export function antiAffinity(name: string, enabled = true, key = "7"): string {
  const vms = ["vm-1", "vm-2"].map((vm) => ref("vm", "VirtualMachine", vm)).join("");
  return `<rule xsi:type="ClusterAntiAffinityRuleSpec"><key>${key}</key><enabled>${enabled}</enabled>` +
    `<name>${name}</name><mandatory>false</mandatory><userCreated>true</userCreated>` +
    `<ruleUuid>52aa-${key}</ruleUuid>${vms}</rule>`;
}

/** A state of a task. */
export function task(state: string, error = ""): string {
  const values = { "info.state": state, ...(error !== "" && { "info.error": error }) };
  return `<returnval>${object("Task", "task-1", values)}</returnval>`;
}

/** What a reading of properties is about. */
export function about(message: string): "task" | "rules" | "machines" {
  if (message.includes("<type>Task</type>")) return "task";
  return message.includes("configurationEx") ? "rules" : "machines";
}

function inEnvelope(body: string): string {
  return '<?xml version="1.0" encoding="UTF-8"?>\n<soapenv:Envelope ' +
    'xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" ' +
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">' +
    `<soapenv:Body>\n${body}\n</soapenv:Body></soapenv:Envelope>`;
}

const USUAL: Replies = {
  RetrieveServiceContent: () =>
    `<returnval>${ref("rootFolder", "Folder", "group-d1")}` +
    ref("propertyCollector", "PropertyCollector", "propertyCollector") +
    `${ref("viewManager", "ViewManager", "ViewManager")}<about><name>VMware vCenter Server</name>` +
    "<apiType>VirtualCenter</apiType><apiVersion>8.0.2.0</apiVersion></about>" +
    `${ref("sessionManager", "SessionManager", "SessionManager")}</returnval>`,
  Login: (message) =>
    message.includes("<password>p&amp;ss&lt;w&gt;&quot;ö$(x)</password>")
      ? "<returnval><key>52</key><userName>deploy</userName></returnval>"
      : fault("InvalidLogin", "Cannot complete login due to an incorrect user name or password."),
  Logout: () => "",
  CreateContainerView: () => ref("returnval", "ContainerView", "session[1]view"),
  DestroyView: () => "",
  RetrievePropertiesEx: (message) => {
    const part = about(message);
    if (part === "task") return task("success");
    const objects = part === "rules"
      ? configuration()
      : CLUSTER + machine("vm-1", "m1") + machine("vm-2", "m2", "host-2");
    return `<returnval>${objects}</returnval>`;
  },
  ReconfigureComputeResource_Task: () => ref("returnval", "Task", "task-1"),
};
