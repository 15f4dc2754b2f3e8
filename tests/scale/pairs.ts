/**
 * Does with each of so many numbers what costs the same for each, and what costs as much as there
 * are: the second is what the tests beside this look for in the product.
 * @module
 */
const numbers = Array.from({ length: Number(Deno.args[0]) }, (_, i) => i);

function same(a: number, b: number): boolean {
  return a === b;
}

const once = numbers.map((it) => it + 1);
const pairs = numbers.filter((a) => once.some((b) => same(a, b)));
if (pairs.length > numbers.length) console.log(pairs.length);
