package dev.distributeimage.security;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.distributeimage.caller.Caller;
import dev.distributeimage.caller.Scope;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.OAuth2ResourceServerProperties;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.security.oauth2.jwt.Jwt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** Tests the examples in docs/security.md with tokens as their issuers make them. */
class SecurityDocumentTests {

	private static final Map<String, Object> GITHUB = Map.ofEntries(
			Map.entry("iss", "https://token.actions.githubusercontent.com"),
			Map.entry("sub", "repo:example/web:environment:production"), Map.entry("repository", "example/web"),
			Map.entry("repository_id", "456789"), Map.entry("repository_owner_id", "65"),
			Map.entry("environment", "production"), Map.entry("event_name", "push"),
			Map.entry("ref", "refs/heads/main"), Map.entry("ref_type", "branch"), Map.entry("run_attempt", "1"),
			Map.entry("job_workflow_ref", "example/web/.github/workflows/image.yml@refs/heads/main"));

	private static final Map<String, Object> GITLAB = Map.ofEntries(Map.entry("iss", "https://gitlab.example.com"),
			Map.entry("sub", "project_path:platform/base:ref_type:branch:ref:main"), Map.entry("project_id", "4711"),
			Map.entry("project_path", "platform/base"), Map.entry("namespace_id", "72"), Map.entry("ref", "main"),
			Map.entry("ref_type", "branch"), Map.entry("ref_protected", "true"), Map.entry("pipeline_source", "push"),
			Map.entry("job_id", "302"));

	private static final Map<String, Object> KUBERNETES = Map.of("iss",
			"https://oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE", "sub",
			"system:serviceaccount:ci:nightly-images", "kubernetes.io",
			Map.of("namespace", "ci", "serviceaccount", Map.of("name", "nightly-images", "uid", "4711")));

	@ParameterizedTest
	@MethodSource
	void exampleLetsInItsPipeline(String example, Map<String, Object> claims, String caller, List<Scope> scopes)
			throws IOException {
		Caller found = Objects.requireNonNull(authentication(example, claims).caller());
		assertThat(found.createdBy()).isEqualTo(caller + "/" + claims.get("sub"));
		assertThat(found.scopes()).containsExactlyInAnyOrderElementsOf(scopes);
	}

	static Stream<Arguments> exampleLetsInItsPipeline() {
		return Stream.of(arguments("GitHub Actions", GITHUB, "github/web-release", List.of(Scope.READ, Scope.WRITE)),
				arguments("GitLab CI", GITLAB, "gitlab/base-images", List.of(Scope.READ, Scope.WRITE, Scope.OPERATE)),
				arguments("Kubernetes", KUBERNETES, "kubernetes/nightly", List.of(Scope.READ, Scope.WRITE)));
	}

	@ParameterizedTest
	@MethodSource
	void exampleLetsInNoOther(String example, Map<String, Object> claims, String claim, String other)
			throws IOException {
		Map<String, Object> others = new HashMap<>(claims);
		others.put(claim, other);
		assertThat(Objects.requireNonNull(authentication(example, others).refusal()).rule()).isEqualTo("no-caller");
	}

	static Stream<Arguments> exampleLetsInNoOther() {
		return Stream.of(arguments("GitHub Actions", GITHUB, "repository_id", "456780"),
				arguments("GitHub Actions", GITHUB, "environment", "staging"),
				arguments("GitHub Actions", GITHUB, "event_name", "pull_request"),
				arguments("GitLab CI", GITLAB, "project_id", "471"), arguments("GitLab CI", GITLAB, "ref", "main2"),
				arguments("GitLab CI", GITLAB, "ref_type", "tag"),
				arguments("GitLab CI", GITLAB, "ref_protected", "false"),
				arguments("Kubernetes", KUBERNETES, "sub", "system:serviceaccount:other:nightly-images"));
	}

	/** Authenticates the sender of a token whose signature is good. */
	private static CallerAuthentication authentication(String example, Map<String, Object> claims) throws IOException {
		SecuritySettings settings = settings(example);
		List<ConfiguredIssuer> issuers = ConfiguredIssuers.of(settings, new OAuth2ResourceServerProperties().getJwt());
		Instant now = Clock.systemUTC().instant();
		Jwt token = Jwt.withTokenValue("token")
			.header("typ", "JWT")
			.claims((all) -> all.putAll(claims))
			.audience(List.of("https://images.example.com"))
			.issuedAt(now)
			.expiresAt(now.plusSeconds(300))
			.build();
		assertThat(new TokenChecks(issuers.get(0), Clock.systemUTC()).validate(token).getErrors()).isEmpty();
		return CallerRules.of(settings, issuers).authentication(issuers.get(0), token);
	}

	private static SecuritySettings settings(String example) throws IOException {
		MutablePropertySources sources = new MutablePropertySources();
		new YamlPropertySourceLoader()
			.load(example, new ByteArrayResource(yaml(example).getBytes(StandardCharsets.UTF_8)))
			.forEach(sources::addLast);
		return new Binder(ConfigurationPropertySources.from(sources)).bindOrCreate("distribute-image.security",
				SecuritySettings.class);
	}

	private static String yaml(String example) throws IOException {
		String document = Files.readString(Path.of("docs/security.md"));
		return Pattern.compile("### " + example + "\n\n```yaml\n(.*?)```", Pattern.DOTALL)
			.matcher(document)
			.results()
			.findFirst()
			.orElseThrow()
			.group(1);
	}

}
