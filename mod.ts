/**
 * Holdfast as a library: what a play of your own is made of.
 *
 * @example A play with one task
 * ```ts
 * import { definePlay, packages } from "./mod.ts";
 *
 * export default definePlay({
 *   name: "a web server",
 *   packages: [],
 *   tasks: () => [packages({ names: ["nginx"] })],
 *   handlers: () => [],
 *   checks: () => [],
 * });
 * ```
 * @module
 */
export { defineDrill, definePlay, defineTask } from "./src/define.ts";
export type { TaskFunction, TaskOptions, TaskSpec } from "./src/define.ts";
export type * from "./src/model.ts";
export type { Break, Drill, DrillPlan, Expectation, Scene } from "./src/drills/model.ts";
export type * from "./src/events.ts";
export { TaskError } from "./src/errors.ts";
export type { HostSetting } from "./src/errors.ts";
export { quote, raw, sh } from "./src/shell.ts";
export type { ShellText, ShellValue } from "./src/shell.ts";
export { loadTemplates } from "./src/templates.ts";
export type { Templates } from "./src/templates.ts";
export { absent } from "./tasks/absent.ts";
export type { AbsentArgs } from "./tasks/absent.ts";
export { noAddress } from "./tasks/address.ts";
export type { NoAddressArgs } from "./tasks/address.ts";
export { directory } from "./tasks/directory.ts";
export type { DirectoryArgs } from "./tasks/directory.ts";
export { file, fileSet, template } from "./tasks/file.ts";
export type { Content, FileArgs, FileSetArgs, TemplateArgs } from "./tasks/file.ts";
export type { Opening, Passage } from "./src/firewall/passage.ts";
export { firewall } from "./tasks/firewall.ts";
export type { FirewallArgs } from "./tasks/firewall.ts";
export { memberRecord } from "./tasks/members.ts";
export type { MemberRecordArgs } from "./tasks/members.ts";
export { packages } from "./tasks/packages.ts";
export type { PackagesArgs } from "./tasks/packages.ts";
export { reload, restart, service } from "./tasks/service.ts";
export type { ServiceArgs } from "./tasks/service.ts";
export { sysctl } from "./tasks/sysctl.ts";
export type { SysctlArgs } from "./tasks/sysctl.ts";
export { noUser, user } from "./tasks/user.ts";
export type { NoUserArgs, UserArgs } from "./tasks/user.ts";
export { vip } from "./tasks/vip.ts";
