import type { Context } from '../context.ts';
import type { NumberRequirements } from '../domain/number-requirements.ts';
import type { NumberType } from '../domain/pool.ts';
import { DomainError } from '../errors.ts';

/** For which numbers requirements are looked up. */
interface NumberKind {
  regionCode: string;
  numberType: NumberType;
}

/**
 * What is asked before a number of this region and type is rented.
 * @throws DomainError NOT_FOUND, in the words of production, when nothing is.
 */
export function lookupRequirements(
  context: Pick<Context, 'config'>,
  kind: NumberKind,
): NumberRequirements {
  const requirements = findRequirements(context, kind);
  if (requirements !== undefined) return requirements;
  const message = 'Number requirements not found';
  throw new DomainError('NOT_FOUND', message, {
    details: [
      {
        type: 'ResourceInfo',
        resourceType: 'NumberProduct',
        resourceName: 'numberRequirements',
        owner: '',
        description: message,
      },
    ],
  });
}

export function findRequirements(
  { config }: Pick<Context, 'config'>,
  { regionCode, numberType }: NumberKind,
): NumberRequirements | undefined {
  return config.numberOrder.requirements.find(
    (each) => each.regionCode === regionCode && each.numberType === numberType,
  );
}
