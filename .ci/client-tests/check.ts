// A client of openapi-typescript and openapi-fetch. The compiler is part of the test: nothing is cast.
import createClient from 'openapi-fetch';
import type { components, paths } from './api.js';

declare const process: { argv: string[] };

type Run = components['schemas']['Run'];
type StartRun = components['schemas']['StartRun'];
type Problem = components['schemas']['Problem'];

const client = createClient<paths, 'application/json' | 'application/problem+json'>({ baseUrl: process.argv[2] ?? '' });
const name = `typescript-${Date.now()}`;

const request: StartRun = {
  distributionName: name,
  distributions: [{ region: 'eu-west-1', amiDistributionConfiguration: { name: 'web-{{ imagebuilder:buildDate }}' } }],
  imageRecipeArn: 'arn:aws:imagebuilder:eu-west-1:123456789012:image-recipe/fail-build/1.0.0',
  infrastructureConfigurationArn: 'arn:aws:imagebuilder:eu-west-1:123456789012:infrastructure-configuration/web',
  clientToken: name,
  labels: { language: name },
};

function check(holds: boolean, claim: string): asserts holds {
  if (!holds) {
    throw new Error(`It is not so that ${claim}`);
  }
}

function done<T>(answer: { data?: T; error?: Problem }): T {
  check(answer.data !== undefined, `there is no problem: ${JSON.stringify(answer.error)}`);
  return answer.data;
}

const valid = done(await client.POST('/v1/runs/validate', { body: request }));
check(valid.valid && valid.warnings.length === 0, 'the request is valid');

const started: Run = done(await client.POST('/v1/runs', { body: request }));
const again: Run = done(await client.POST('/v1/runs', { body: request }));
check(again.id === started.id, 'the second start is that of the first run');

const params = { path: { id: started.id } };
let run: Run = done(await client.GET('/v1/runs/{id}', { params }));
for (let polls = 0; run.status === 'RUNNING' && polls < 30; polls++) {
  run = done(await client.GET('/v1/runs/{id}', { params: { ...params, header: { Prefer: 'wait=20' } } }));
}
check(run.status === 'FAILED' && run.image?.status === 'FAILED', `the run has failed: ${run.status}`);

const page = done(await client.GET('/v1/runs', { params: { query: { label: [`language:${name}`], status: ['FAILED'] } } }));
check(page.items.length === 1 && page.items[0]?.id === run.id, 'the list has the run');
const events = done(await client.GET('/v1/runs/{id}/events', { params }));
check(events?.items.at(-1)?.type === 'ENDED', 'the history has its end');

const plan = done(await client.POST('/v1/runs/{id}/retry/validate', { params }));
check(plan.action === 'retryImage', `the image is tried again: ${plan.action}`);
const retried: Run = done(await client.POST('/v1/runs/{id}/retry', { params }));
check(retried.status === 'RUNNING' && retried.retries.length === 1, 'the run is retried');
const cancelled: Run = done(await client.POST('/v1/runs/{id}/cancel', { params }));
check(cancelled.cancelRequestedAt !== null, 'the run is cancelled');

const refused = await client.POST('/v1/runs', { body: { ...request, distributionName: '!' } });
const problem: Problem | undefined = refused.error;
check(problem?.type === '/problems/invalid-request', 'the problem has its type');
check(problem.errors?.[0]?.pointer === '/distributionName', 'the problem has its errors');
console.log('TypeScript: started, again, validated, got, waited, listed, events, retried, cancelled, refused');
