// Writes conformance/cases.md: node tests/e2e/support/judge/table.cjs > conformance/cases.md
//
// The rows are the groups that the judge plays, the reasons stand in deviations.md.
"use strict";

const fs = require("fs");
const path = require("path");
const { sections } = require("./all.cjs");

/** { key, title, text } of each chapter "# key: Title". */
const deviations = fs.readFileSync(path.join(__dirname, "deviations.md"), "utf8")
  .split(/^# /m).slice(1).map((chapter) => {
    const [, key, title, text] = /^(.*?): (.*)\n\n([^]*?)\n*$/.exec(chapter);
    return { key, title, text };
  });

/** The anchor that forges make of a heading. */
const anchor = (title) => title.toLowerCase().replace(/[^\w\- ]/g, "").replace(/ /g, "-");

function linkTo(key) {
  if (!key) return "";
  const found = deviations.find((one) => one.key === key);
  if (!found) throw new Error(`there is no deviation "${key}"`);
  return `[${key}](#${anchor(found.title)})`;
}

function sectionLines({ number, title, groups }) {
  const row = ({ sent, expected, rule, cases, deviation }, i) => {
    const cells = [`${number}.${i + 1}`, sent, expected, rule, cases.length, linkTo(deviation)];
    return `| ${cells.join(" | ")} |`;
  };
  return ["", `## ${number}. ${title}`, "",
    "| | what is sent | what is expected | rule | cases | why |", "|---|---|---|---|---|---|",
    ...groups.map(row)];
}

function deviationLines({ key, title, text }) {
  const ids = sections.flatMap(({ number, groups }) =>
    groups.flatMap((group, i) => (group.deviation === key ? [`${number}.${i + 1}`] : [])));
  if (ids.length === 0) throw new Error(`no group shows the deviation "${key}"`);
  return ["", `### ${title}`, "", text, "", `Cases: ${ids.join(", ")}.`];
}

const total = sections.flatMap(({ groups }) => groups)
  .reduce((sum, group) => sum + group.cases.length, 0);

console.log([
  "# Cases",
  "",
  "<!-- Written by tests/e2e/support/judge/table.cjs, from what the judge plays. -->",
  "",
  `The ${total} cases of our own judge, by groups; [README.md](README.md) says how they are run,`,
  "by this judge or by others. The sections have the numbers that fuzzing servers commonly give",
  "them; 14 and 15 are our own.",
  "",
  "A number such as 1002 is the code of the client's close frame. Where messages come back, the",
  "judge closes with 1000 afterwards and wants it answered. In each case every frame of the client",
  "has to be masked, whole and as short as it can be, and nothing may follow its close frame.",
  "*At once* means that the judge sends no more before the close frame has come.",
  ...sections.flatMap(sectionLines),
  "",
  "## Deviations, and why",
  "",
  "What other judges may expect differently, and what the RFCs leave to us.",
  ...deviations.flatMap(deviationLines),
].join("\n"));
