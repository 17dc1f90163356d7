import { JsonError, JsonPlace } from './json-place.ts';
import type {
  NumberRequirements,
  RequiredAttachment,
  RequiredField,
  RequirementRule,
} from './number-requirements.ts';
import { NUMBER_TYPES } from './pool.ts';
import { isRegionCode } from './region.ts';

const VALUE_CHARACTERS_DEFAULT = 200;
/** Beyond this it is a document, and belongs into an attachment. */
const VALUE_CHARACTERS_MAX = 2000;
const RULES_MAX = 20;
const FIELDS_PER_RULE_MAX = 50;
/** Of all values of a registration together. Escaped in JSON, and with the names, they are less than a request takes. */
const REGISTRATION_CHARACTERS_MAX = 100_000;
/** With the size of each, this is what an order may store. */
const ATTACHMENTS_MAX = 10;
const NAME = /^[A-Za-z][\w-]{0,63}$/;

/**
 * Reads the requirements that an operator has written.
 * @throws JsonError that names the first place which is wrong.
 */
export function parseRequirements(text: string): NumberRequirements[] {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch (error) {
    throw new JsonError(`is not JSON: ${(error as Error).message}`);
  }
  const root = new JsonPlace('', file).object(['requirements']);
  const requirements = root.at('requirements').list(Number.POSITIVE_INFINITY).map(parseEntry);
  const seen = new Set<string>();
  for (const [i, { regionCode, numberType }] of requirements.entries()) {
    const key = `${regionCode} ${numberType}`;
    if (seen.has(key)) throw new JsonError(`requirements[${i}]: ${key} stands in it twice`);
    seen.add(key);
  }
  return requirements;
}

function parseEntry(place: JsonPlace): NumberRequirements {
  const entry = place.object(['regionCode', 'numberType', 'rules', 'attachments']);
  const region = entry.at('regionCode');
  const regionCode = region.text();
  if (!isRegionCode(regionCode)) throw region.problem('is not the code of a region');
  const attachments = entry.at('attachments').list(ATTACHMENTS_MAX).map(parseAttachment);
  const twice = attachments.find(({ id }, i) => attachments.findIndex((a) => a.id === id) !== i);
  if (twice !== undefined)
    throw place.problem(`attachments: the id ${twice.id} stands in it twice`);
  const rules = entry.at('rules').list(RULES_MAX).map(parseRule);
  assertRegistrable(rules, entry.at('rules'));
  return {
    regionCode,
    numberType: entry.at('numberType').choice(NUMBER_TYPES),
    rules,
    attachments,
  };
}

/** What nobody could send is found when the file is read. */
function assertRegistrable(rules: readonly RequirementRule[], place: JsonPlace): void {
  const lengths = rules.flatMap(({ template }) =>
    Object.values(template).map(({ maxLength }) => maxLength),
  );
  const characters = lengths.reduce((sum, length) => sum + length, 0);
  if (characters <= REGISTRATION_CHARACTERS_MAX) return;
  throw place.problem(
    `may be answered with ${characters} characters together, more than ${REGISTRATION_CHARACTERS_MAX}: give fields a smaller maxLength`,
  );
}

function parseRule(place: JsonPlace): RequirementRule {
  const rule = place.object(['title', 'template']);
  const template = rule.at('template').entries();
  if (template.length > FIELDS_PER_RULE_MAX) {
    throw rule.at('template').problem(`has more than ${FIELDS_PER_RULE_MAX} fields`);
  }
  return {
    title: rule.at('title').text(''),
    template: Object.fromEntries(template.map(([name, field]) => [name, parseField(name, field)])),
  };
}

function parseField(name: string, place: JsonPlace): RequiredField {
  if (!NAME.test(name)) throw place.problem('must have a name of letters, digits, - and _');
  const field = place.object([
    'title',
    'description',
    'mandatory',
    'maxLength',
    'pattern',
    'values',
  ]);
  return {
    title: field.at('title').text(name),
    description: field.at('description').text(''),
    mandatory: field.at('mandatory').truth(true),
    maxLength: field.at('maxLength').wholeNumber(1, VALUE_CHARACTERS_MAX, VALUE_CHARACTERS_DEFAULT),
    pattern: field.at('pattern').pattern(),
    values: field.at('values').texts(),
  };
}

function parseAttachment(place: JsonPlace): RequiredAttachment {
  const attachment = place.object([
    'id',
    'title',
    'description',
    'mandatory',
    'template',
    'allowedMimeTypes',
    'allowedDocumentTypes',
  ]);
  const id = attachment.at('id');
  if (!NAME.test(id.text())) throw id.problem('must be letters, digits, - and _');
  return {
    id: id.text(),
    title: attachment.at('title').text(id.text()),
    description: attachment.at('description').text(''),
    mandatory: attachment.at('mandatory').truth(true),
    template: attachment
      .at('template')
      .list(ATTACHMENTS_MAX)
      .map((form) => {
        const { at } = form.object(['name', 'url']);
        return { name: at('name').text(), url: at('url').text() };
      }),
    allowedMimeTypes: attachment
      .at('allowedMimeTypes')
      .texts()
      .map((type) => type.toLowerCase()),
    allowedDocumentTypes: attachment.at('allowedDocumentTypes').texts(),
  };
}
