package dev.distributeimage.security;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;

import dev.distributeimage.startup.RefusedStartException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.security.oauth2.jwt.Jwt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Tests that what is stored with a run can be stored. */
class StorableNamesTests {

	private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

	private static final TokenChecks CHECKS = new TokenChecks(new ConfiguredIssuer("ci",
			new IssuerSettings("https://ci.example", null, null, List.of("us"), List.of("RS256"), List.of("JWT"), null,
					Duration.ofHours(1), Duration.ZERO),
			ConfiguredIssuer.Properties.ours("ci")), Clock.fixed(NOW, ZoneOffset.UTC));

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "a\u0000b", "a\nb", "\u0085", "\ud83d", "\ude00x" })
	void subjectThatCannotBeStoredIsRefused(String subject) {
		assertThat(CHECKS.validate(token(subject)).getErrors()).singleElement()
			.satisfies((error) -> assertThat(error.getDescription()).contains("(sub)"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "web", "repo:acme/web:ref:refs/heads/main", "\ud83d\ude00", "x y" })
	void otherSubjectIsGood(String subject) {
		assertThat(CHECKS.validate(token(subject)).hasErrors()).isFalse();
	}

	@Test
	void longSubjectIsRefused() {
		assertThat(CHECKS.validate(token("a".repeat(512))).hasErrors()).isFalse();
		assertThat(CHECKS.validate(token("a".repeat(513))).hasErrors()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "a\u0000" })
	void ownerThatCannotBeStoredRefusesToStart(String owner) {
		CallerSettings settings = new CallerSettings("ci", Map.of("sub", "x"), List.of("runs:read"), owner, null);
		assertThatExceptionOfType(RefusedStartException.class)
			.isThrownBy(() -> CallerRule.of("web", settings, List.of("ci")))
			.withMessageContaining("callers.web.owner must be");
	}

	private static Jwt token(String subject) {
		return Jwt.withTokenValue("t")
			.header("alg", "RS256")
			.issuer("https://ci.example")
			.audience(List.of("us"))
			.subject(subject)
			.issuedAt(NOW)
			.expiresAt(NOW.plusSeconds(60))
			.build();
	}

}
