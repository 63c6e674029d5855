package dev.distributeimage.api.contract;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.ProblemType;
import dev.distributeimage.api.problem.Violation;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assertions.assertTimeout;

class JsonDocumentTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			``             | 1
			`  `           | 1
			{              | 2
			{"a":1,}       | 8
			{"a":1} x      | 9
			{"a":1} {}     | 9
			{"a":NaN}      | 9
			{"a":01}       | 7
			{"a":.5}       | 6
			{'a':1}        | 2
			{a:1}          | 2
			/* hi */ {}    | 1
			{"a":"\\x"}    | 8
			["a" "b"]      | 6
			nul            | 1
			""")
	void malformedJsonIsRefusedWithPlace(String body, int column) {
		assertThatExceptionOfType(ProblemException.class).isThrownBy(() -> read(body)).satisfies((refused) -> {
			assertThat(refused.type()).isEqualTo(ProblemType.MALFORMED_JSON);
			assertThat(refused.problem().members()).containsEntry("line", 1)
				.extractingByKey("column")
				.asInstanceOf(InstanceOfAssertFactories.INTEGER)
				.isBetween(column - 1, column + 1);
			assertThat(refused.problem().detail()).doesNotContain("Source:", "Feature");
		});
	}

	@Test
	void bytesThatAreNotUtf8AreRefusedWithPlace() {
		byte[] body = "{\n\"é\":\"é\"}".getBytes(StandardCharsets.UTF_8);
		body[body.length - 3] = 'x';
		assertThatExceptionOfType(ProblemException.class).isThrownBy(() -> JsonDocument.read(body))
			.satisfies((refused) -> assertThat(refused.problem().members()).isEqualTo(Map.of("line", 2, "column", 6)));
	}

	@Test
	void nestingIsTakenToFiftyLevels() {
		assertThat(read("[".repeat(50) + "]".repeat(50)).violations()).isEmpty();
		assertThatExceptionOfType(ProblemException.class).isThrownBy(() -> read("[".repeat(51) + "]".repeat(51)))
			.satisfies((refused) -> assertThat(refused.problem().members()).isEqualTo(Map.of("line", 1, "column", 52)));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			{"a":1,"a":{"b":1}}                  | /a
			{"a":{"b":[1],"b":[2]},"a":3}        | /a/b
			{"c":[0,{"~/":1,"~/":1}],"c":1}      | /c/1/~0~1
			{"a":1,"\\u0061":1} and what follows | /a
			""")
	void firstMemberGivenTwiceIsViolation(String body, String pointer) {
		assertThatExceptionOfType(ProblemException.class).isThrownBy(() -> read(body)).satisfies((refused) -> {
			assertThat(refused.type()).isEqualTo(ProblemType.INVALID_REQUEST);
			assertThat(refused.problem().members()).extractingByKey("errors")
				.asInstanceOf(InstanceOfAssertFactories.list(Violation.class))
				.extracting(Violation::pointer)
				.containsExactly(pointer);
		});
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			{"a":["\\u0000"]}       | /a/0
			{"a\\u0000":1}          | `/a\0`
			{"a":"\\ud83d"}         | /a
			{"a":"\\ude80\\ud83d"}  | /a
			{"\\ud83d":1}           | /?
			{"":"\\u0000"}         | /
			"\\u0000"              | ``
			""")
	void textThatCannotBeKeptIsViolation(String body, String pointer) {
		assertThat(read(body).violations()).extracting(Violation::pointer).containsExactly(pointer);
	}

	@Test
	void manyViolationsBehindLongNameCostLittle() {
		String body = "{\"%s\":[%s1]}".formatted("x".repeat(49_999), "\"\\u0000\",".repeat(100_000));
		assertTimeout(Duration.ofSeconds(2), () -> assertThat(read(body).violations()).hasSizeBetween(20, 25));
	}

	@Test
	void manyTextsBehindLongNameCostLittle() {
		String body = "{\"%s\":[%s1]}".formatted("x".repeat(49_999), "\"\",".repeat(300_000));
		assertTimeout(Duration.ofSeconds(2), () -> assertThat(read(body).violations()).isEmpty());
	}

	@Test
	void surrogatePairIsTaken() {
		assertThat(read("{\"a\":\"\\ud83d\\ude80\"}").root().path("a").asString()).isEqualTo("🚀");
	}

	@ParameterizedTest
	@ValueSource(strings = { "1.0", "1e2", "1e999999999", "-1E-999999999" })
	void numberWithPointOrExponentIsNone(String number) {
		assertTimeout(Duration.ofSeconds(1), () -> assertThat(read(number).root().asDouble()).isNaN());
	}

	@Test
	void numberOrNameThatIsTooLongIsMalformed() {
		for (String body : new String[] { "9".repeat(100_000), "{\"%s\":1}".formatted("x".repeat(60_000)) }) {
			assertTimeout(Duration.ofSeconds(1),
					() -> assertThatExceptionOfType(ProblemException.class).isThrownBy(() -> read(body))
						.withMessageContaining("too long"));
		}
	}

	private static JsonDocument read(String body) {
		return JsonDocument.read(body.getBytes(StandardCharsets.UTF_8));
	}

}
