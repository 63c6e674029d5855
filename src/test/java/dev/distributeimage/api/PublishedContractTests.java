package dev.distributeimage.api;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.distributeimage.api.contract.OpenApi;
import dev.distributeimage.api.problem.ProblemType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests that the published contract is the one of the service that publishes it. */
@ApiTest
class PublishedContractTests {

	@Autowired
	private RequestMappingHandlerMapping requestMappingHandlerMapping;

	private Http http;

	@BeforeEach
	void setUp(@LocalServerPort int port) {
		this.http = new Http(port);
	}

	@Test
	void contractIsPublishedAsItIs() {
		assertThat(Http.json(this.http.get("/v3/api-docs"))).isEqualTo(OpenApi.document());
		HttpResponse<String> yaml = this.http.get("/v3/api-docs.yaml");
		assertThat(yaml.body()).isEqualTo(new String(OpenApi.yaml(), StandardCharsets.UTF_8));
		assertThat(Http.header(yaml, "Content-Type")).isEqualTo("application/yaml");
	}

	@Test
	void operationsAreThoseThatAreMapped() {
		assertThat(Contract.operations().stream().map((operation) -> operation.method() + " " + operation.path()))
			.containsExactlyInAnyOrderElementsOf(mapped());
	}

	// The page and the index of problems are for people, and not in the contract.
	private Set<String> mapped() {
		Set<String> mapped = new TreeSet<>();
		this.requestMappingHandlerMapping.getHandlerMethods().forEach((mapping, handler) -> {
			if (!handler.getBeanType().getPackageName().equals("dev.distributeimage.page")) {
				mapping.getMethodsCondition()
					.getMethods()
					.forEach((method) -> mapping.getPatternValues().forEach((path) -> mapped.add(method + " " + path)));
			}
		});
		mapped.remove("GET /problems/");
		return mapped;
	}

	@ParameterizedTest
	@MethodSource
	void parametersAreThoseThatAreKnown(Contract.Operation operation) {
		Set<String> documented = names(operation);
		if (Contract.mayOnlyValidate(operation)) {
			documented.add("validateOnly");
		}
		everyParameter().forEach((name) -> {
			HttpResponse<String> response = this.http.send(operation.method(),
					operation.path().replace("{id}", UUID.randomUUID().toString()) + "?" + name + "=", "{}",
					"Content-Type", "application/json");
			assertThat(response.body().contains("Unknown parameter")).as(name).isNotEqualTo(documented.contains(name));
		});
	}

	static Stream<Contract.Operation> parametersAreThoseThatAreKnown() {
		return Contract.operations().stream().filter((operation) -> operation.path().startsWith("/v1/"));
	}

	@ParameterizedTest
	@MethodSource("parametersAreThoseThatAreKnown")
	void everyRequestHasAnIdAndEveryAnswerTellsIt(Contract.Operation operation) {
		assertThat(operation.parameters("header")).extracting((parameter) -> parameter.path("name").asString())
			.contains("X-Request-Id");
		operation.node()
			.path("responses")
			.properties()
			.forEach(
					(response) -> assertThat(Contract.resolved(response.getValue()).path("headers").has("X-Request-Id"))
						.as(response.getKey())
						.isTrue());
	}

	@ParameterizedTest
	@MethodSource("parametersAreThoseThatAreKnown")
	void whoeverSignsInMayBeRefusedAndBeyondALimit(Contract.Operation operation) {
		assertThat(operation.node().path("responses").propertyNames()).contains("401", "403", "429");
	}

	private static Set<String> everyParameter() {
		Set<String> names = Contract.operations()
			.stream()
			.flatMap((operation) -> names(operation).stream())
			.collect(Collectors.toSet());
		names.addAll(List.of("nope", "validateOnly"));
		return names;
	}

	private static Set<String> names(Contract.Operation operation) {
		return operation.parameters("query")
			.stream()
			.map((parameter) -> parameter.path("name").asString())
			.collect(Collectors.toSet());
	}

	@ParameterizedTest
	@ValueSource(strings = { "/swagger-ui", "/swagger-ui.html" })
	void swaggerUiIsFound(String path) {
		HttpResponse<String> response = this.http.get(path);
		assertThat(response.statusCode()).isEqualTo(302);
		assertThat(Http.header(response, "Location")).endsWith("/swagger-ui/");
	}

	@Test
	void swaggerUiShowsNothingButTheContract() {
		HttpResponse<String> page = this.http.get("/swagger-ui/");
		assertThat(Http.header(page, "Content-Type")).startsWith("text/html");
		assertThat(page.body()).contains("swagger-initializer.js").doesNotContain("http");
		assertThat(this.http.get("/swagger-ui/swagger-initializer.js").body()).contains("../v3/api-docs",
				"validatorUrl: null");
		assertThat(this.http.get("/swagger-ui/swagger-ui-bundle.js").statusCode()).isEqualTo(200);
		assertThat(Http.header(this.http.get("/swagger-ui/swagger-ui.css"), "Content-Type")).startsWith("text/css");
	}

	@Test
	void otherFileOfSwaggerUiIs404() {
		Http.problem(this.http.get("/swagger-ui/nope"), ProblemType.NOT_FOUND);
		JsonNode problem = Http.problem(this.http.send("POST", "/swagger-ui/", ""), ProblemType.METHOD_NOT_ALLOWED);
		assertThat(problem.path("detail").asString()).isNotEmpty();
	}

}
