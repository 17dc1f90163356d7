import { basicAuth, PROJECT, type TestServer } from './test-server.ts';

/** Asks for a token as every SDK does, unless `init` says otherwise. */
export function requestToken({ url }: TestServer, init: RequestInit = {}): Promise<Response> {
  return fetch(`${url}/oauth2/token`, {
    method: 'POST',
    headers: {
      authorization: basicAuth(PROJECT),
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: 'grant_type=client_credentials',
    ...init,
  });
}

/** A fresh token of PROJECT. */
export async function fetchToken(server: TestServer): Promise<string> {
  const { access_token: token } = (await (await requestToken(server)).json()) as {
    access_token: string;
  };
  return token;
}
