// Every section in its order; a case gets its id by its place: section.group.case.
"use strict";

const sections = [
  "01_framing", "02_pings", "03_reserved_bits", "04_opcodes", "05_fragmentation", "06_utf8",
  "07_closing", "09_limits", "12_compression", "13_negotiation", "14_masks", "15_upgrade",
].map((name) => require(`./sections/${name}.cjs`));

function allCases() {
  return sections.flatMap((section) => section.groups.flatMap((group, g) =>
    group.cases.map((one, c) => ({ ...one, id: `${section.number}.${g + 1}.${c + 1}` }))));
}

module.exports = { sections, allCases };
