/**
 * A session with a vCenter: logged in, reading properties whole, waiting for tasks. Pure but for the
 * calls and the clock, which are passed in.
 * @module
 */
import type { Secret } from "../../model.ts";
import { changing } from "../https/guard.ts";
import { type Properties, readPage, readRef, readService, senseless } from "./answers.ts";
import type { Call } from "./client.ts";
import {
  containerView,
  continued,
  destroyView,
  login,
  logout,
  type Ref,
  type Request,
  retrieve,
  retrieveView,
  serviceContent,
  type Wish,
} from "./requests.ts";
import { type Clock, waitForTask } from "./task.ts";

/** Who logs in, and where; `server` is for messages. */
export interface Login {
  /** Host and port. */
  readonly server: string;
  /** Name of the user, with the domain. */
  readonly user: string;
  /** The password. */
  readonly password: Secret;
}

/** A session that is logged in. */
export interface Session {
  /** Properties of everything of these types. @throws {PlacementError} */
  readAll(wishes: readonly Wish[], doing: string): Promise<readonly Properties[]>;
  /** Properties of these objects. @throws {PlacementError} */
  read(objects: readonly Ref[], wish: Wish, doing: string): Promise<readonly Properties[]>;
  /** Calls a method that gives a task, and waits for its end. @throws {PlacementError} */
  change(request: Request, doing: string): Promise<void>;
  /** Logs out. @throws {PlacementError} */
  end(): Promise<void>;
}

/** Parts of one answer, at most; a part has hundreds of objects. */
const MAX_PARTS = 2000;

/**
 * Logs in; once, because a vCenter locks users out.
 *
 * @param taskMs how long a task may take
 * @throws {PlacementError}
 */
export async function begin(
  call: Call,
  who: Login,
  clock: Clock,
  taskMs: number,
): Promise<Session> {
  const { server, user, password } = who;
  const service = readService(await call(serviceContent(), `ask ${server} what it is`));
  const { propertyCollector, viewManager, sessionManager, rootFolder } = service;
  const begun = login(sessionManager, user, password.reveal());
  await call(begun, `log in to ${server} as ${user}`);
  return {
    async readAll(wishes, doing) {
      const types = wishes.map(({ type }) => type);
      const view = readRef(await call(containerView(viewManager, rootFolder, types), doing));
      try {
        return await whole(
          call,
          propertyCollector,
          retrieveView(propertyCollector, view, wishes),
          doing,
        );
      } finally {
        // A view ends with the session too; that it could not be given up is no reason to stop.
        await call(destroyView(view), doing).catch(() => {});
      }
    },
    read: async (objects, wish, doing) =>
      objects.length === 0
        ? []
        : await whole(call, propertyCollector, retrieve(propertyCollector, objects, wish), doing),
    change: (request, doing) => change(call, propertyCollector, request, doing, clock, taskMs),
    end: async () => void await call(logout(sessionManager), `log out of ${server}`),
  };
}

async function whole(
  call: Call,
  collector: Ref,
  request: Request,
  doing: string,
): Promise<Properties[]> {
  const found: Properties[] = [];
  let page = readPage(await call(request, doing));
  for (let parts = 1;; parts++) {
    found.push(...page.objects);
    if (page.token === undefined) return found;
    if (page.objects.length === 0 || parts === MAX_PARTS) throw senseless(doing, "It does not end");
    page = readPage(await call(continued(collector, page.token), doing));
  }
}

async function change(
  call: Call,
  collector: Ref,
  request: Request,
  doing: string,
  clock: Clock,
  taskMs: number,
): Promise<void> {
  await changing(async () => {
    const task = readRef(await call(request, doing));
    await waitForTask({ call, collector, task, doing, clock, withinMs: taskMs });
  });
}
