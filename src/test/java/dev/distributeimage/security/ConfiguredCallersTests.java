package dev.distributeimage.security;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

class ConfiguredCallersTests {

	@ParameterizedTest
	@CsvSource({ "github/web/repo:x/y,web-policy", "github/web/a/b/c,web-policy", "github/reader/x,", "gitlab/web/x,",
			"github/gone/x,", "github/default/x,", "github/web,", "web,", "'',", "," })
	void policyOfACreatorIsThatOfTheCallerAsItIsNow(@Nullable String createdBy, @Nullable String policy) {
		ConfiguredCallers callers = callers(Map.of("issuers.github.issuer", "https://a.example",
				"issuers.gitlab.issuer", "https://b.example", "callers.web.issuer", "github", "callers.web.policy",
				"web-policy", "callers.reader.issuer", "github"));
		assertThat(callers.policyOf(createdBy)).isEqualTo(policy);
	}

	@ParameterizedTest
	@CsvSource({ "github/web/x,web-policy", "other/web/x," })
	void callerWithoutAnIssuerIsOfTheOnlyOne(String createdBy, @Nullable String policy) {
		ConfiguredCallers callers = callers(
				Map.of("issuers.github.issuer", "https://a.example", "callers.web.policy", "web-policy"));
		assertThat(callers.policyOf(createdBy)).isEqualTo(policy);
	}

	@ParameterizedTest
	@CsvSource({ "default/default/x,default", "github/default/x,", "default/web/x," })
	void everybodyHasThePolicyDefaultWithoutCallers(String createdBy, @Nullable String policy) {
		assertThat(callers(Map.of()).policyOf(createdBy)).isEqualTo(policy);
	}

	@Test
	void policiesAreListedByCaller() {
		ConfiguredCallers callers = callers(
				Map.of("callers.web.policy", "a", "callers.db.policy", "b", "callers.reader.owner", "c"));
		assertThat(callers.policies()).isEqualTo(Map.of("web", "a", "db", "b"));
	}

	private static ConfiguredCallers callers(Map<String, String> settings) {
		return new ConfiguredCallers(new Binder(List.of(new MapConfigurationPropertySource(settings))).bindOrCreate("",
				SecuritySettings.class));
	}

}
