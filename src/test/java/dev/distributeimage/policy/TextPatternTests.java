package dev.distributeimage.policy;

import java.time.Duration;
import java.util.Random;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

class TextPatternTests {

	@ParameterizedTest
	@CsvSource({ "web,web", "*,web", "*,''", "web-*,web-", "web-*,web-1", "*-web,my-web", "w*b,wb", "w*b,webweb",
			"a*b*c,abbcbc", "arn:aws:*:*:x/*,arn:aws:iam::x/y", "/images/*,/images/web", "eu-*-1,eu-west-1" })
	void wholeTextThatFitsMatches(String pattern, String text) {
		assertThat(new TextPattern(pattern).matches(text)).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "web,webs", "web,we", "web,Web", "web,''", "'',web", "web-*,web", "w*b,web-", "a*b*c,abcb", "*,a/b",
			"*,a:b", "/images/*,/images/web/1", "/images/*,/images:web", "a*c,a/c", "a*c,a:bc", "eu-*-1,eu-west-11",
			"we?,web", "w.b,web", "[a-z],a" })
	void anyOtherTextDoesNot(String pattern, String text) {
		assertThat(new TextPattern(pattern).matches(text)).isFalse();
	}

	@Test
	void matchesAsTheSameRegularExpressionWould() {
		Random random = new Random(4711);
		for (int i = 0; i < 200_000; i++) {
			String pattern = text("ab:/***", random);
			String text = text("ab:/", random);
			boolean expected = Pattern.matches(pattern.replace("*", "[^:/]*"), text);
			assertThat(new TextPattern(pattern).matches(text)).as("%s on %s", pattern, text).isEqualTo(expected);
		}
	}

	private static String text(String characters, Random random) {
		StringBuilder text = new StringBuilder();
		for (int length = random.nextInt(8); length > 0; length--) {
			text.append(characters.charAt(random.nextInt(characters.length())));
		}
		return text.toString();
	}

	@Test
	void textOfAMegabyteTakesNoTime() {
		TextPattern pattern = new TextPattern("*a*a*a*a*a*a*a*a*a*a*a*a*aab");
		assertTimeoutPreemptively(Duration.ofSeconds(20),
				() -> assertThat(pattern.matches("a".repeat(1 << 20))).isFalse());
	}

}
