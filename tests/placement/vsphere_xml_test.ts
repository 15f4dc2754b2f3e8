import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  child,
  childrenOf,
  escapeXml,
  readXml,
  textAt,
  XmlError,
} from "../../src/placement/vsphere/xml.ts";

Deno.test("readXml() reads what a vCenter sends", () => {
  const read = readXml(`\ufeff<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><!-- <a> --><soapenv:Body>
<val xsi:type='ManagedObjectReference' type="HostSystem">host-1</val><empty/><empty /><c><![CDATA[<&]]>x</c>
</soapenv:Body></soapenv:Envelope>
`);
  assertEquals(read.name, "Envelope");
  const body = child(read, "Body");
  const val = child(body, "val");
  assertEquals([val?.type, val?.attributes.get("type"), val?.text], [
    "ManagedObjectReference",
    "HostSystem",
    "host-1",
  ]);
  assertEquals(childrenOf(body, "empty").length, 2);
  assertEquals(textAt(read, "Body", "c"), "<&x");
  assertEquals(textAt(read, "Body", "d", "e"), undefined);
});

Deno.test("readXml() knows xsi by what it stands for, not by its prefix", () => {
  const space = "http://www.w3.org/2001/XMLSchema-instance";
  const go = readXml(`<a xmlns:X-i="${space}" X-i:type="vim25:ClusterRuleInfo"/>`);
  assertEquals(go.type, "ClusterRuleInfo");
  assertEquals(readXml(`<a xmlns:xsi="urn:other" xsi:type="b"/>`).type, undefined);
  assertEquals(
    readXml(`<a xmlns:x="${space}"><b xmlns:x="urn:o" x:type="b"/></a>`).children[0]?.type,
    undefined,
  );
});

Deno.test("readXml() replaces references, and only those that XML has", () => {
  assertEquals(
    readXml("<a b='&quot;&#xe4;'>&lt;&amp;amp;&#228;&#x1F600;&apos;</a>").text,
    "<&amp;ä😀'",
  );
  assertEquals(readXml("<a b='&quot;&#xe4;'/>").attributes.get("b"), '"ä');
  for (
    const bad of [
      "&nbsp;",
      "&",
      "& ",
      "&amp",
      "&#0;",
      "&#x110000;",
      "&#xd800;",
      "&constructor;",
      "&#x;",
    ]
  ) {
    assertThrows(() => readXml(`<a>${bad}</a>`), XmlError, "reference");
  }
});

const REFUSED: Readonly<Record<string, string>> = {
  "a document type": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
  "a document type in an element": "<a><!DOCTYPE b></a>",
  "an entity": '<!ENTITY b "c"><a/>',
  "a processing instruction": "<a><?php x ?></a>",
  "a second declaration": '<?xml version="1.0"?><?xml version="1.0"?><a/>',
  "nothing": "",
  "blanks": "  \n",
  "text": "vCenter",
  "a page of HTML": "<html><body><br></body></html>",
  "an element that does not end": "<a><b></b>",
  "a tag that does not end": "<a",
  "another end": "<a></b>",
  "crossed elements": "<a><b></a></b>",
  "an end alone": "</a>",
  "two roots": "<a/><b/>",
  "text behind the end": "<a/>x",
  "CDATA outside": "<![CDATA[x]]><a/>",
  "CDATA without an end": "<a><![CDATA[x]]</a>",
  "a comment without an end": "<a><!-- </a>",
  "an attribute twice": '<a b="1" b="2"/>',
  "an attribute without quotes": "<a b=1/>",
  "a < in an attribute": '<a b="<"/>',
  "no blank between attributes": '<a b="1"c="2"/>',
  "a prefix that stands for nothing": "<s:a/>",
  "an attribute's prefix that stands for nothing": '<a x:type="b"/>',
  "a control character": "<a>\x00</a>",
  "half a surrogate pair": "<a>\ud800</a>",
};

for (const [what, document] of Object.entries(REFUSED)) {
  Deno.test(`readXml() refuses ${what}`, () => {
    assertThrows(() => readXml(document), XmlError);
  });
}

Deno.test("readXml() goes 64 levels deep, and no deeper", () => {
  const nested = (depth: number) => "<a>".repeat(depth) + "</a>".repeat(depth);
  assertEquals(readXml(nested(64)).name, "a");
  assertThrows(() => readXml(nested(65)), XmlError, "64");
  assertThrows(() => readXml("<a>".repeat(1_000_000)), XmlError, "64");
});

Deno.test("readXml() takes time in proportion to the text", () => {
  // A careless expression would stand still over these.
  const long = 200_000;
  for (
    const text of ["<a " + " ".repeat(long), "<a" + ' b="c"'.repeat(long), "<a>" + "&".repeat(long)]
  ) {
    assertThrows(() => readXml(text), XmlError);
  }
  assertEquals(readXml(`<a>${"<b/>".repeat(long)}</a>`).children.length, long);
});

Deno.test("escapeXml() writes what readXml() reads", () => {
  const text = fc.string({ unit: "binary" }).filter((text) => text.isWellFormed());
  fc.assert(fc.property(text, (text) => {
    let written: string;
    try {
      written = escapeXml(text);
    } catch (error) {
      // Nothing but what no XML can hold.
      // deno-lint-ignore no-control-regex
      return error instanceof XmlError && /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/.test(text);
    }
    const read = readXml(`<a b="${written}" c='${written}'>${written}</a>`);
    return read.text === text && read.attributes.get("b") === text &&
      read.attributes.get("c") === text;
  }));
  assertThrows(() => escapeXml("secret\x01"), XmlError, "A character");
});
