package dev.distributeimage.api;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;

import dev.distributeimage.api.contract.OpenApi;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Generates valid and invalid requests from the contract, from one source of randomness.
 * None of them waits.
 */
final class FuzzRequests {

	private static final List<String> REGIONS = List.of("eu-west-1", "us-east-1", "eu-central-1", "ap-south-1",
			"sa-east-1", "us-west-2");

	private static final List<String> METHODS = List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS",
			"TRACE", "PROPFIND", "get", "FOO", "M".repeat(300), "CONNECT");

	private static final List<String> PATHS = List.of("/", "//", "/v1", "/v1/", "/v1/runs/", "/v1//runs", "/V1/RUNS",
			"/v1/runs/.", "/v1/runs/..", "/v1/runs/%2e%2e", "/v1/./runs", "/v1/runs;a=b", "/v1/runs/;/", "/v1/runs%20",
			"/v1/runs/%00", "/v1/runs/%2F", "/v1/runs/%5c", "/v1/runs/%zz", "/v1/runs/a%0d%0aX:b", "/error",
			"/problems", "/problems/", "/problems/%2e", "/problems/..%2f", "/problems/nope", "/swagger-ui/../v1/runs",
			"/swagger-ui/%2e%2e/application.yml", "/swagger-ui/..%5c", "/swagger-ui/nope", "/swagger-ui//index.html",
			"/swagger-ui/", "/swagger-ui/index.html", "/v3", "/v3/api-docs/", "/v3/api-docs.json",
			"/v3/api-docs.yaml/x", "/actuator/nope", "/favicon.ico", "/webjars/x", "/META-INF/MANIFEST.MF",
			"/WEB-INF/web.xml", "/openapi.yaml", "*", "http://x/v1/runs", "/v1/runs/\u00e9", "/v1/runs/a b", "/\u00ff",
			"/v1/runs/" + "a".repeat(7000), "/v1/runs/" + "a/".repeat(500));

	private static final List<String> ACCEPTS = List.of("*/*", "application/json", "application/xml", "text/html",
			"application/problem+json", "application/*;q=0.1", "*/*;q=0", "application/json;q=0", "nonsense", "",
			"a/b;c=\"", "application/json;charset=utf-16", ",,,", "*/*,".repeat(500), "text/html;q=NaN", "*");

	private static final List<String> CONTENT_TYPES = List.of("text/plain", "application/xml", "nonsense", "",
			"application/json;charset=iso-8859-1", "application/json;charset=nope",
			"application/json;charset=\"utf-8\"", "application/merge-patch+json", "application/x-www-form-urlencoded",
			"multipart/form-data", "multipart/form-data; boundary=x", "application/*", "*/*",
			"application/json;charset", "a/b/c", "application/json, application/json");

	private static final List<String> HEADERS = List.of("Content-Encoding: gzip", "Content-Encoding: identity",
			"Content-Encoding: a, b", "If-None-Match: *", "If-None-Match: W/\"2\"", "If-None-Match: \"",
			"If-None-Match: " + "\"a\",".repeat(300), "If-Match: \"x\"", "If-Match: *",
			"If-Modified-Since: Thu, 01 Jan 1970 00:00:00 GMT", "If-Modified-Since: x",
			"If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT", "Range: bytes=99999999-", "Range: bytes=0-0,1-1,-",
			"Range: x", "Prefer: wait", "Prefer: wait=x", "Prefer: respond-async", "Prefer: =,;\"",
			"Expect: 100-continue", "X-HTTP-Method-Override: DELETE", "X-Forwarded-Host: evil", "X-Forwarded-Proto: x",
			"X-Forwarded-Prefix: /../x", "Forwarded: for=\"x\";host=y", "Origin: http://evil", "Origin: null",
			"Cookie: a=b; c=\"", "Cookie: JSESSIONID=1", "Accept-Language: x-klingon, *;q=2", "Accept-Charset: utf-16",
			"Accept-Encoding: gzip;q=x", "TE: trailers", "Upgrade: h2c", "Via: 1.1 x",
			"Connection: Upgrade, HTTP2-Settings", "Authorization: Basic ====", "Idempotency-Key: \"a",
			"Idempotency-Key: \\", "Last-Event-ID: x", "Last-Event-ID: -1", "X: " + "a".repeat(3000), "X: \u00e9\u00ff",
			"User-Agent: ${jndi:ldap://a}", "traceparent: 00-0-0-0", "Date: x");

	private static final List<String> QUERIES = List.of("?", "&", "=", "a", "%ff=%ff", "%", "%zz", "a=%00",
			"validateOnly=%0d%0a", "validateOnly=true%00", "\u00ff", "a[b]=c", "a;b", "a=" + "b".repeat(5000),
			"%F0%9F%9A%80", "+", "class.module.classLoader=x", "_method=DELETE", "validateOnly[]=true", "a=1&a=2&a=3");

	/** Image Builder's and EC2's pattern for the name of an AMI, without the slash. */
	private static final String AMI_NAME = "^[-_A-Za-z0-9][-_.A-Za-z0-9 ]{0,40}"
			+ "\\{\\{ {0,9}imagebuilder:buildDate {0,9}\\}\\}(?:[-_.A-Za-z0-9 ]{0,9}\\{\\{imagebuilder:buildVersion \\}\\}){0,1}$";

	private final Random random;

	private final SchemaInstances instances;

	private final Mutations mutations;

	private final List<String> ids = new ArrayList<>();

	private int number;

	FuzzRequests(Random random) {
		this.random = random;
		this.instances = new SchemaInstances(random);
		this.mutations = new Mutations(random);
	}

	/** Notes that a run with this id exists. */
	void started(String id) {
		this.ids.add(id);
	}

	FuzzRequest next() {
		this.number++;
		int dice = this.random.nextInt(100);
		if (dice < 18) {
			return new FuzzRequest("valid", "POST", "/v1/runs").valid(start());
		}
		if (dice < 48) {
			return new FuzzRequest("mutated", "POST", "/v1/runs").json(this.mutations.ofTree(start()));
		}
		if (dice < 60) {
			return new FuzzRequest("broken", "POST", "/v1/runs").json(this.mutations.ofText(start().toString()));
		}
		if (dice < 72) {
			return query(operation());
		}
		if (dice < 84) {
			return headers(operation());
		}
		return (dice < 92) ? method() : path();
	}

	/** Returns the same request, or another one with the same token. */
	static FuzzRequest again(JsonNode sent, boolean same) {
		ObjectNode start = (ObjectNode) sent.deepCopy();
		if (!same) {
			start.putObject("imageTags")
				.put("changed", sent.at("/imageTags/changed").asString("").equals("a") ? "b" : "a");
		}
		return new FuzzRequest(same ? "again" : "reused", "POST", "/v1/runs").valid(start);
	}

	private FuzzRequest query(Contract.Operation operation) {
		List<String> query = new ArrayList<>();
		for (JsonNode parameter : operation.parameters("query")) {
			if (this.random.nextInt(3) == 0) {
				query.add(parameter.path("name").asString() + "=" + encoded(value(parameter.path("schema"))));
			}
		}
		if (query.isEmpty() || this.random.nextInt(3) == 0) {
			query.add(any(QUERIES));
		}
		if (this.random.nextInt(5) == 0) {
			query.add(query.get(0));
		}
		return body(new FuzzRequest("query", operation.method(), path(operation) + "?" + String.join("&", query)));
	}

	private String value(JsonNode schema) {
		if (this.random.nextInt(3) == 0) {
			return any(SchemaInstances.NASTY);
		}
		JsonNode value = this.instances.of(schema);
		return (value.isArray() ? value.path(0) : value).asString("");
	}

	private FuzzRequest headers(Contract.Operation operation) {
		FuzzRequest request = body(new FuzzRequest("headers", operation.method(), path(operation)));
		for (int i = this.random.nextInt(3); i >= 0; i--) {
			request = request.with(switch (this.random.nextInt(4)) {
				case 0 -> "Accept: " + any(ACCEPTS);
				case 1 -> "Content-Type: " + any(CONTENT_TYPES);
				default -> any(HEADERS);
			});
		}
		return request;
	}

	private FuzzRequest method() {
		FuzzRequest request = body(new FuzzRequest("method", any(METHODS), path(operation())));
		return (this.random.nextInt(3) > 0) ? request
				: request.with("Origin: http://evil", "Access-Control-Request-Method: " + any(METHODS));
	}

	private FuzzRequest path() {
		String path = (this.random.nextInt(3) > 0) ? any(PATHS)
				: path(operation()) + "/" + encoded(any(SchemaInstances.NASTY));
		return body(new FuzzRequest("path", operation().method(), path));
	}

	private FuzzRequest body(FuzzRequest request) {
		return (request.method().equals("POST") || this.random.nextInt(10) == 0)
				? request.json(start().toString().getBytes(StandardCharsets.UTF_8)) : request;
	}

	private Contract.Operation operation() {
		return any(Contract.operations());
	}

	private String path(Contract.Operation operation) {
		return operation.path().replace("{id}", id()).replace("{name}", "not-found");
	}

	private String id() {
		String id = this.ids.isEmpty() ? new UUID(0, 0).toString() : any(this.ids);
		return switch (this.random.nextInt(8)) {
			case 0 -> encoded(any(SchemaInstances.NASTY));
			case 1 -> new UUID(this.random.nextLong(), this.random.nextLong()).toString();
			case 2 -> id.toUpperCase(Locale.ROOT);
			default -> id;
		};
	}

	/** Returns the body of a start that must be accepted. */
	private ObjectNode start() {
		ObjectNode start;
		do {
			start = (ObjectNode) this.instances.of(OpenApi.reference("StartRun"));
			obeyRules(start);
		}
		while (!Contract.violations(OpenApi.reference("StartRun"), start).isEmpty());
		return start;
	}

	// Rules that the contract states only in words.
	private void obeyRules(ObjectNode start) {
		new FuzzInputs(this.random, this.instances).choose(start);
		for (String name : List.of("imageRecipeArn", "containerRecipeArn", "infrastructureConfigurationArn",
				"distributionConfigurationArn")) {
			if (start.has(name)) {
				start.put(name, arn(start.path(name), REGIONS.get(0)));
			}
		}
		if (start.path("executionRole").asString("").startsWith("arn:")) {
			start.put("executionRole", "arn:aws:iam::123456789012:role/builder");
		}
		if (start.has("clientToken")) {
			start.put("clientToken", this.number + " " + new UUID(this.random.nextLong(), this.random.nextLong()));
		}
		if (start.has("deadline")) {
			start.put("deadline", Duration.ofSeconds(300L + this.random.nextInt(604_501)).toString());
		}
		List<String> regions = new ArrayList<>(REGIONS);
		Collections.shuffle(regions, this.random);
		if (start.path("distributions") instanceof ArrayNode distributions) {
			obeyRules(start, distributions, regions);
		}
	}

	private void obeyRules(ObjectNode start, ArrayNode distributions, List<String> regions) {
		while (distributions.size() > regions.size()) {
			distributions.remove(0);
		}
		for (int i = 0; i < distributions.size(); i++) {
			ObjectNode distribution = (ObjectNode) distributions.path(i);
			obeyRules(distribution, regions.get(i));
			if (start.has("containerRecipeArn")) {
				distribution.withObject("containerDistributionConfiguration")
					.withObject("targetRepository")
					.put("service", "ECR")
					.put("repositoryName", "web");
			}
			obeyRulesOfOutputs(distribution, start.path(
					start.has("infrastructureConfigurationArn") ? "infrastructureConfigurationArn" : "executionRole"));
		}
	}

	private static void obeyRules(ObjectNode distribution, String region) {
		distribution.put("region", region);
		if (!hasOutput(distribution) || distribution.has("containerDistributionConfiguration")) {
			distribution.withObject("amiDistributionConfiguration");
		}
		replaceArns(distribution.path("licenseConfigurationArns"), region);
		JsonNode permission = distribution.at("/amiDistributionConfiguration/launchPermission");
		replaceArns(permission.path("organizationArns"), "");
		replaceArns(permission.path("organizationalUnitArns"), "");
		JsonNode ami = distribution.path("amiDistributionConfiguration");
		if (ami.path("kmsKeyId").asString("").startsWith("arn:")) {
			((ObjectNode) ami).put("kmsKeyId", arn(ami.path("kmsKeyId"), region));
		}
	}

	private static boolean hasOutput(ObjectNode distribution) {
		return distribution.properties()
			.stream()
			.anyMatch((member) -> !member.getKey().equals("region")
					&& !(member.getValue().isArray() && member.getValue().isEmpty()));
	}

	private void obeyRulesOfOutputs(ObjectNode distribution, JsonNode infrastructure) {
		if (distribution.path("amiDistributionConfiguration") instanceof ObjectNode ami && ami.has("name")) {
			ami.put("name", PatternText.of(AMI_NAME, this.random));
		}
		List<String> accounts = new ArrayList<>(List.of(infrastructure.asString().split(":", 6)[4]));
		distribution.at("/amiDistributionConfiguration/targetAccountIds")
			.forEach((account) -> accounts.add(account.asString()));
		distribution.path("ssmParameterConfigurations").forEach((parameter) -> {
			if (parameter.has("amiAccountId")) {
				((ObjectNode) parameter).put("amiAccountId", any(accounts));
			}
		});
		distribution.path("fastLaunchConfigurations").forEach((configuration) -> {
			if (configuration.path("launchTemplate") instanceof ObjectNode template
					&& template.has("launchTemplateId")) {
				template.remove("launchTemplateName");
			}
		});
	}

	private static void replaceArns(JsonNode arns, String region) {
		for (int i = 0; i < arns.size(); i++) {
			((ArrayNode) arns).set(i, arn(arns.path(i), region));
		}
	}

	private static String arn(JsonNode arn, String region) {
		return arn.asString().replaceFirst("^arn:[^:]*:([^:]*):[^:]*:", "arn:aws:$1:" + region + ":");
	}

	private static String encoded(String text) {
		return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
	}

	private <T> T any(List<T> list) {
		return list.get(this.random.nextInt(list.size()));
	}

}
