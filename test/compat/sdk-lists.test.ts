import assert from 'node:assert/strict';

import { testOnEachEngine } from '../support/engines.ts';
import { sdkClient } from '../support/sdk-client.ts';

testOnEachEngine(
  'the SDK walks over the pages of active numbers in both of its ways',
  async (start) => {
    await using server = await start();
    const { numbers } = sdkClient(server);
    const rented = Array.from({ length: 7 }, (_, i) => `+1202555010${i}`);
    for (const phoneNumber of rented)
      await numbers.rent({ phoneNumber, rentNumberRequestBody: {} });

    const seen: (string | undefined)[] = [];
    for await (const number of numbers.list({ pageSize: 3 })) seen.push(number.phoneNumber);
    assert.deepEqual(seen, rented);

    const pages: (string | undefined)[][] = [];
    for (let page = await numbers.list({ pageSize: 3, regionCode: 'US', type: 'LOCAL' }); ;) {
      pages.push(page.data.map((number) => number.phoneNumber));
      if (!page.hasNextPage) break;
      page = await page.nextPage();
    }
    assert.deepEqual(pages, [rented.slice(0, 3), rented.slice(3, 6), rented.slice(6)]);
  },
);

testOnEachEngine("every filter and order of the SDK's list arrives", async (start) => {
  await using server = await start();
  const { numbers } = sdkClient(server);
  for (const phoneNumber of ['+12025550101', '+12025550102', '+13055550103', '+46701740605']) {
    await numbers.rent({ phoneNumber, rentNumberRequestBody: {} });
  }
  for (const [phoneNumber, displayName] of [
    ['+12025550101', 'Zoë'],
    ['+12025550102', 'Anna'],
  ] as const) {
    await numbers.update({ phoneNumber, updateActiveNumberRequestBody: { displayName } });
  }
  const list = async (filters: Parameters<typeof numbers.list>[0]) =>
    (await numbers.list(filters)).data.map((number) => number.phoneNumber);

  assert.deepEqual(await list({}), [
    '+12025550101',
    '+12025550102',
    '+13055550103',
    '+46701740605',
  ]);
  assert.deepEqual(await list({ regionCode: 'SE' }), ['+46701740605']);
  assert.deepEqual(await list({ regionCode: 'US', type: 'MOBILE' }), ['+13055550103']);
  // An array goes out as one value with a comma in it.
  const both = ['SMS', 'VOICE'] as unknown as string;
  assert.equal((await list({ capability: both })).length, 3);
  assert.deepEqual(
    await list({ 'numberPattern.pattern': '+1202', 'numberPattern.searchPattern': 'START' }),
    ['+12025550101', '+12025550102'],
  );
  assert.deepEqual(await list({ orderBy: 'displayName', type: 'LOCAL' }), [
    '+12025550102',
    '+12025550101',
  ]);
});
