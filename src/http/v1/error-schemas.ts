import { Type } from 'typebox';

const ResourceInfo = Type.Object(
  {
    type: Type.Literal('ResourceInfo'),
    resourceType: Type.String({ examples: ['AvailableNumber'] }),
    resourceName: Type.String({ examples: ['+12025550134'] }),
    owner: Type.String({ examples: [''] }),
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

export const ErrorResponse = Type.Object(
  {
    error: Type.Object({
      code: Type.Integer({ description: 'The HTTP status.', examples: [404] }),
      message: Type.String({ description: 'For people; may be empty.', examples: [''] }),
      status: Type.String({
        description: 'The same as `code`, as a word.',
        examples: ['NOT_FOUND'],
      }),
      details: Type.Array(Type.Union([ResourceInfo, BadRequest])),
    }),
  },
  { $id: 'Error', description: 'Every error of the API.' },
);
