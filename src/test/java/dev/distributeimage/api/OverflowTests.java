package dev.distributeimage.api;

import java.net.http.HttpResponse;
import java.util.Map;
import java.util.stream.Stream;

import dev.distributeimage.api.problem.ProblemType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

import static dev.distributeimage.api.Http.problem;
import static org.assertj.core.api.Assertions.assertThat;

/** Tests values as long as the wire carries them. */
@ApiTest
@ExtendWith(OutputCaptureExtension.class)
class OverflowTests {

	/** Tomcat takes a request line and headers of 8 KB. */
	private static final int LONG = 7_000;

	/** Text that a value of the parameter may begin with, and one that may follow. */
	private static final Map<String, String[]> VALID = Map.of("imageStatus", new String[] { "A", "B_" },
			"distributionName", new String[] { "a", "b-" }, "imageRecipeArn",
			new String[] { "arn:aws:imagebuilder:eu-west-1:123456789012:image-recipe/web", "/1.0.0" },
			"imageBuildVersionArn",
			new String[] { "arn:aws:imagebuilder:eu-west-1:123456789012:image/web/1.0.0/", "1" }, "region",
			new String[] { "aa", "-a" }, "clientToken", new String[] { "a", "b" }, "label", new String[] { "a", ":b" },
			"createdAfter", new String[] { "2026-01-31T12:00:00.", "1" }, "pageSize", new String[] { "", "1" },
			"pageToken", new String[] { "", "AAAA" });

	private Http http;

	@BeforeEach
	void setUp(@LocalServerPort int port) {
		this.http = new Http(port);
	}

	static Stream<String> parameterOfAnyLengthIs400() {
		return Stream.concat(FilterParameters.names().stream(), Stream.of("pageSize", "pageToken"));
	}

	@ParameterizedTest
	@MethodSource
	void parameterOfAnyLengthIs400(String name) {
		String[] parts = VALID.getOrDefault(name, new String[] { "", "a" });
		String value = parts[0] + parts[1].repeat((LONG - parts[0].length()) / parts[1].length());
		for (String end : new String[] { "", "!" }) {
			HttpResponse<String> response = this.http.get("/v1/runs?%s=%s%s".formatted(name, value, end));
			if (name.equals("pageToken")) {
				problem(response, ProblemType.INVALID_PAGE_TOKEN);
			}
			else {
				assertThat(problem(response, ProblemType.INVALID_REQUEST).at("/errors/0/parameter").asString())
					.isEqualTo(name);
			}
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			Accept        | application/json,
			Accept        | a/b;c=d;
			Accept        | ;q=
			If-None-Match | "1",
			If-None-Match | W/
			Last-Event-ID | 1
			Prefer        | wait=1;
			Prefer        | wait=1,
			Prefer        | =
			Prefer        | "
			Content-Type  | a/b;
			""")
	void headerOfAnyLengthIsNoFault(String name, String unit) {
		String value = unit.repeat(LONG / unit.length());
		for (String path : new String[] { "/v1/runs", "/v1/runs/01a202bd-6b8f-7a73-97f4-0eed8d1bd01b",
				"/v1/runs/01a202bd-6b8f-7a73-97f4-0eed8d1bd01b/events" }) {
			assertThat(this.http.get(path, name, value).statusCode()).isLessThan(500);
			assertThat(this.http.get(path, name, value, "Accept", "text/event-stream").statusCode()).isLessThan(500);
			assertThat(this.http.send("POST", path, "{}", name, value).statusCode()).isLessThan(500);
		}
	}

	@Test
	void stackOverflowIsOneLineOfTheLog(@Autowired RequestMappingHandlerMapping requestMappingHandlerMapping,
			CapturedOutput output) {
		new PlantedHandler("/endless", () -> Endless.deeper(0)).in(requestMappingHandlerMapping, () -> {
			HttpResponse<String> response = this.http.get("/endless");
			assertThat(response.statusCode()).isEqualTo(500);
			assertThat(response.body()).contains("Something went wrong in the service");
		});
		assertThat(output.toString().lines().filter((line) -> !line.contains("Open mode: "))).singleElement()
			.asString()
			.contains("The request failed: the stack overflowed at ")
			.contains("Endless.deeper(OverflowTests.java:");
	}

	/** A recursion that ends in nothing but an overflow. */
	private static final class Endless {

		@SuppressWarnings("InfiniteRecursion")
		static int deeper(int depth) {
			return deeper(depth + 1) + 1;
		}

	}

}
