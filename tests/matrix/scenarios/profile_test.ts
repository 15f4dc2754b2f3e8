import { scenarioTest } from "../scenario_test_case.ts";

await scenarioTest("profile");
