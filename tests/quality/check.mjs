// Reads {mjml: {name: source}, html: {name: source}, rules: {name: "off"}}, and writes what MJML and html-validate say.
import fs from 'node:fs';
import { HtmlValidate } from 'html-validate';
import mjml2html from 'mjml';

const asked = JSON.parse(fs.readFileSync(0, 'utf8'));
const answer = { mjml: {}, faults: {}, html: {} };

for (const [name, source] of Object.entries(asked.mjml)) {
  try {
    // Without a list of fonts of its own, as `render.py` asks of mrml.
    answer.mjml[name] = (await mjml2html(source, { validationLevel: 'strict', fonts: {} })).html;
  } catch (error) {
    answer.faults[name] = error.message;
  }
}

const validator = new HtmlValidate({
  extends: ['html-validate:recommended', 'html-validate:document', 'html-validate:a11y'],
  rules: asked.rules,
});
for (const [name, source] of Object.entries(asked.html)) {
  const [result] = (await validator.validateString(source)).results;
  answer.html[name] = (result?.messages ?? []).map((each) => [
    each.ruleId,
    `${each.message}: ${source.slice(Math.max(each.offset - 60, 0), each.offset + 60)}`,
  ]);
}

process.stdout.write(JSON.stringify(answer));
