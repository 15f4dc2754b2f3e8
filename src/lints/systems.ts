/**
 * The versions of the two daemons that a system has, for files of which nobody can ask a host.
 * Data only.
 * @module
 */

/** Systems by the names of their releases, with what their own packages bring. */
export const SYSTEMS = {
  bullseye: { haproxy: "2.2.9", keepalived: "2.1.5" },
  jammy: { haproxy: "2.4.30", keepalived: "2.2.4" },
  bookworm: { haproxy: "2.6.12", keepalived: "2.2.7" },
  noble: { haproxy: "2.8.16", keepalived: "2.2.8" },
  trixie: { haproxy: "3.0.11", keepalived: "2.3.3" },
} as const;

/** The name of a system. */
export type SystemName = keyof typeof SYSTEMS;
