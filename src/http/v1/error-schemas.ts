import { Type } from 'typebox';

import { nullable, timestamp } from './configuration-schemas.ts';

const ResourceInfo = Type.Object(
  {
    type: Type.Literal('ResourceInfo'),
    resourceType: Type.String({ examples: ['AvailableNumber'] }),
    resourceName: Type.String({ examples: ['+12025550134'] }),
    owner: Type.String({
      description:
        'The project that has it, when it is your own: you cannot rent a number that you rent already. Else empty.',
      examples: [''],
    }),
    description: Type.String({ examples: [''] }),
  },
  { $id: 'ResourceInfo', description: 'What was not found.' },
);

const BadRequest = Type.Object(
  {
    type: Type.Literal('BadRequest'),
    fieldViolations: Type.Array(
      Type.Object({
        field: Type.String({
          description: 'The path of the field, spelled as in the request.',
          examples: ['size'],
        }),
        description: Type.String({ examples: ['must be <= 1000.'] }),
      }),
    ),
  },
  { $id: 'BadRequest', description: 'Every wrong field of the request.' },
);

const PreconditionFailure = Type.Object(
  {
    type: Type.Literal('PreconditionFailure'),
    violations: Type.Array(
      Type.Object({
        type: Type.String({ description: 'Of a closed list.', examples: ['DELETION_LOCK'] }),
        subject: Type.String({
          description: 'What it is about: a phone number, a project, a limit.',
          examples: ['+12025550134'],
        }),
        description: Type.String({ examples: ['The number is locked against release.'] }),
        limit: Type.Optional(
          Type.String({ description: 'Of a limit: its value.', examples: ['50'] }),
        ),
        used: Type.Optional(
          Type.String({ description: 'Of a limit: what is used of it.', examples: ['50'] }),
        ),
        resetTime: Type.Optional(
          nullable(timestamp('Of a limit: when it begins anew; null: not by itself.')),
        ),
      }),
    ),
  },
  {
    $id: 'PreconditionFailure',
    description: 'Why a request that is right cannot be granted as things are.',
  },
);

const QuotaFailure = Type.Object(
  {
    type: Type.Literal('QuotaFailure'),
    violations: Type.Array(
      Type.Object({
        type: Type.Enum(['REQUESTS_LIMIT', 'KEY_REQUESTS_LIMIT'], { type: 'string' }),
        subject: Type.String({ description: 'The project or the key.', examples: ['my-key'] }),
        description: Type.String({ examples: ['The key may make 50 requests a second.'] }),
        limit: Type.String({ description: 'Requests a second.', examples: ['50'] }),
        resetTime: timestamp('When the whole rate is free again; a part of it is earlier.'),
      }),
    ),
  },
  { $id: 'QuotaFailure', description: 'Too many requests.' },
);

const ContentTooLarge = Type.Object(
  {
    type: Type.Literal('ContentTooLarge'),
    resourceName: Type.String({ description: 'Its id.', examples: ['proof-of-address'] }),
    description: Type.String({ examples: ['An attachment may have 5242880 bytes.'] }),
  },
  { $id: 'ContentTooLarge', description: 'What was too large.' },
);

export const ErrorResponse = Type.Object(
  {
    error: Type.Object({
      code: Type.Integer({ description: 'The HTTP status.', examples: [404] }),
      message: Type.String({ description: 'For people; may be empty.', examples: [''] }),
      status: Type.String({
        description: 'The same as `code`, as a word.',
        examples: ['NOT_FOUND'],
      }),
      details: Type.Array(
        Type.Union([ResourceInfo, BadRequest, PreconditionFailure, QuotaFailure, ContentTooLarge]),
      ),
    }),
  },
  { $id: 'Error', description: 'Every error of the API.' },
);
