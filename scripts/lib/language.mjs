// What scripts/language.mjs looks for. `¶` is the start of a comment, a text, a list item or a table's cell.

/** The start of a sentence. */
const S = '(?<=[.?!:] |[¶"(])';
const MODAL = "(?:must|may|can|cannot|could|should|will|would)";
const VERB = `(?:${MODAL}(?: not)?(?: \\w+)?|(?<!${MODAL} |to )(?:does|do|did) (?:not )?[a-z]+|is|are|was|were|has|have|had|(?<!to )(?:goes|go|comes|came|needs|stays|keeps|gets|counts|becomes|decides|lies))`;

/** Phrases to reword: a regular expression, and what to write instead. */
export const PATTERNS = [
  { pattern: /\b(?:stands?|stood)\b(?! (?:for|in for|alone)\b|-)/, better: "is, is in, is between, precedes" },
  { pattern: /\b(?:tells?|told|telling) of\b/, better: "reports, reported" },
  { pattern: /\b(?:is|are|was|were|be|been) told\b/, better: "receives, is reported, learns" },
  { pattern: /\bby (?:itself|themselves)\b/, better: "on its own, automatically, or nothing" },
  { pattern: /\b(?:hears?|heard)\b/, better: "receives, observes, is notified" },
  { pattern: /\bmend(?:s|ed|ing)?\b/, better: "fix, repair" },
  { pattern: /\bof nothing\b/, better: "empty, zero" },
  {
    pattern:
      /\bfrom (?!now|then|here|there)(?:the |a )?[\w'`.]+(?: [\w'`.]+){0,3} on\b(?! (?:the|a|an|its|this|that|each|every|one|top|\w+ing)\b)(?=[.,;:)¶]|$)/,
    better: "starting with, since",
  },
  { pattern: /\bnobody\b/i, better: "no one, nothing, or name who it is" },
  { pattern: /\bsomebody\b/i, better: "someone, or name who it is" },
  { pattern: /\banew\b/i, better: "again" },
  { pattern: /\bwhoever\b/i, better: "name who it is" },
  { pattern: new RegExp(`${S}[Ww]ho [a-z]+(?![^.¶]*\\?)`), better: "begin with a noun: a caller that, a player that" },
  {
    pattern: new RegExp(
      `${S}[Ww]hat(?:ever)? (?=[a-z])(?:(?![.?!;¶"|]|, as ).)*?\\b${VERB}\\b(?:(?![.?!;:¶"|,(]).)*?\\b${VERB}\\b(?![^.¶]*\\?)`,
      "s",
    ),
    better: "begin with a noun: the field that, unknown values",
  },
  { pattern: /(?<!\b[Tt]here )\b(?:is|are|was|were) none\b/, better: "is not one, has none, does not exist" },
  {
    pattern:
      /(?<!\b[Tt]here |\b[Hh]ere )\b(?:is|are|was|were) no (?!longer|more|less|better|worse|later|earlier|larger|shorter|slower|one)[a-z]+/,
    better: "is not a …",
  },
  { pattern: /\b(?:is|are|was|were|be) asked for\b/, better: "requested" },
  { pattern: /\b(?:is|are) wanted\b/, better: "requested, needed" },
  { pattern: /\bknown of\b/, better: "known about" },
  { pattern: /\bas of (?!version|\d)/, better: "since, as with" },
  { pattern: /\bfor ever\b/, better: "indefinitely, permanently" },
  { pattern: /\bwithout end\b/, better: "endlessly, without a limit" },
  { pattern: /\b(?:its|their) likes?\b/, better: "similar functions, and so on" },
  { pattern: /\bwhose \w+ (?:it|they|this|that) (?:is|are)\b/, better: "name the owner" },
  { pattern: /\bnot (?:\w+ ){0,3}any ?more\b/, better: "no longer" },
  { pattern: /\b(?:out|in)side of\b/, better: "outside, inside" },
  { pattern: /\bfor good\b/, better: "permanently" },
  { pattern: /\bwhite space\b/, better: "whitespace" },
  { pattern: /\ball the same\b/, better: "nevertheless" },
  { pattern: /\bin the making\b/, better: "under construction" },
  { pattern: /\bunder (?:HTTP )?[2-5]\d\d\b/, better: "with status 200" },
  { pattern: /\bputs? off\b/, better: "delays, postpones" },
  { pattern: /\b(?:comes?|came) of\b/, better: "results from" },
  { pattern: /\btake[sn]? for\b/, better: "counts as, is mistaken for" },
  { pattern: /\b[Ss]ervers?'s? answers?\b/, better: "the server's response" },
  {
    pattern: /\b(?:whence|thence|hither|thither|lest|thereby|therein|thereof|hereby|wherein|whereof|nought)\b/i,
    better: "say it in plain words",
  },
  { pattern: /\bcatalogu\w+/i, better: "catalog" },
  { pattern: new RegExp(`${S}Of (?!course)[a-z]+ [a-z]+`), better: "begin with the subject" },
  {
    pattern: new RegExp(
      `${S}That (?!${VERB}\\b|way\\b|also\\b|one\\b|[a-z]+s (?:for|when|where|if|that)\\b|works\\b|makes\\b|means\\b)[a-z]+ [a-z]+(?![^.¶]*\\?)`,
    ),
    better: "begin with the subject, not with a clause",
  },
];

/** True uses: [path, phrase with some of what is around it, reason]. */
export const ALLOWED = [
  ["examples/callback-server.mjs", "nobody", "a user's name"],
  ["tests/server/example.test.mjs", "nobody", "the same user"],
  ["tests/server/cli.test.mjs", "nobody-knows", "a token for tests"],
  ["tests/js/options.test.mjs", "somebody", "a user's name"],
  ["tests/matrix/projects/next/", "yours: who is signed in", "an object, not a subject"],
];
