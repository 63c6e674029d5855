package dev.distributeimage.api.problem;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.CannotCreateTransactionException;

import static org.assertj.core.api.Assertions.assertThat;

class ProblemHandlerTests {

	private final List<Object> events = new ArrayList<>();

	private final ProblemHandler handler = new ProblemHandler(this.events::add);

	@Test
	void unexpectedExceptionIs500WithoutInternals() {
		ResponseEntity<Object> response = this.handler.handleUnexpected(new IllegalStateException("secret"));
		assertThat(response.getStatusCode().value()).isEqualTo(500);
		assertThat(response.getHeaders().getContentType()).isEqualTo(MediaType.APPLICATION_PROBLEM_JSON);
		assertThat(response.getBody()).asString().contains("about:blank").doesNotContain("secret");
	}

	@Test
	void rulesAreNamedOnceAndAFewOnly() {
		assertThat(
				ProblemException
					.notAllowed(List.of(Violation.ofRule("a", "x"), Violation.at("/b", "x"),
							Violation.ofRule("c", "/c", "x"), Violation.ofRule("a", "x")))
					.problem()
					.rules())
			.isEqualTo("a, c");
		assertThat(ProblemType.FORBIDDEN.problem("x", Map.of("violated-policies", List.of("starts"))).rules())
			.isEqualTo("starts");
		assertThat(ProblemType.FORBIDDEN.problem("x", Map.of("errors", "text")).rules()).isNull();
		assertThat(ProblemException
			.notAllowed(IntStream.range(0, 100).mapToObj((i) -> Violation.ofRule("r" + i, "x")).toList())
			.problem()
			.rules()).endsWith(", r19");
	}

	@Test
	void databaseThatFailsIs503WhateverTheException() {
		assertThat(this.handler.handleDatabase(new DataIntegrityViolationException("x")).getStatusCode().value())
			.isEqualTo(503);
		assertThat(this.handler.handleDatabase(new CannotCreateTransactionException("x")).getStatusCode().value())
			.isEqualTo(503);
		assertThat(this.events).containsOnly(new DatabaseFailed(ProblemType.UNAVAILABLE)).hasSize(2);
	}

	@ParameterizedTest
	@EnumSource(names = { "SEARCH_TIMEOUT", "OVERLOADED", "UNAVAILABLE", "OUTCOME_UNKNOWN" })
	void problemThatPassesSaysWhenToComeBack(ProblemType type) {
		ResponseEntity<Object> response = this.handler.handle(new ProblemException(type, "x"));
		assertThat(response.getStatusCode().value()).isEqualTo(503);
		assertThat(response.getHeaders().getFirst(HttpHeaders.RETRY_AFTER)).matches("[1-5]");
	}

	@ParameterizedTest
	@CsvSource({ "400, /problems/invalid-request", "403, /problems/forbidden", "404, /problems/not-found",
			"405, /problems/method-not-allowed", "413, /problems/too-large", "415, /problems/unsupported-media-type",
			"421, /problems/misdirected", "500, about:blank", "501, about:blank", "503, /problems/unavailable" })
	void requestGivenUpByFilterIsProblem(int status, String type) {
		Problem problem = Problems.of(HttpStatusCode.valueOf(status));
		assertThat(problem.status()).isEqualTo(status);
		assertThat(problem.type()).isEqualTo(type);
	}

}
