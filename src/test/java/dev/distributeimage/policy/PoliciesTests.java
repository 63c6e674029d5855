package dev.distributeimage.policy;

import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.ProblemType;
import dev.distributeimage.api.problem.Violation;
import dev.distributeimage.caller.Caller;
import dev.distributeimage.caller.Callers;
import dev.distributeimage.caller.Scope;
import dev.distributeimage.run.RunInput;
import dev.distributeimage.startup.RefusedStartException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class PoliciesTests {

	private static final RunInput INPUTS = WrittenPolicy.inputs(RequestedRuns.everything());

	private static final MockEnvironment EVERYTHING = WrittenPolicy.everything().environment();

	private static final Limits LIMITS = new Limits(30, 120, 20, 100, 50, 100);

	@Test
	void callerMayStartWhatItsPolicyAllows() {
		assertThatCode(() -> policies(Map.of()).requireStart(caller("web"), INPUTS)).doesNotThrowAnyException();
	}

	@Test
	void violationsAreOneProblem() {
		Policies policies = new Policies(WrittenPolicy.everythingBut("accounts").environment(), callers(Map.of()),
				LIMITS);
		ProblemException problem = refusal(() -> policies.requireStart(caller("web"), INPUTS));
		assertThat(problem.type()).isEqualTo(ProblemType.NOT_ALLOWED);
		assertThat(problem.problem().detail()).isEqualTo("1 part of the request is not allowed.");
		assertThat(problem.problem().members().get("errors")).isEqualTo(List.of(Violation.ofRule("web.accounts",
				"/infrastructureConfigurationArn", "web.accounts does not allow 123456789012.")));
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "default", "Web" })
	void callerWithoutAPolicyMayStartNothing(@Nullable String policy) {
		ProblemException problem = refusal(() -> policies(Map.of()).requireStart(caller(policy), INPUTS));
		assertThat(String.valueOf(problem.problem().members().get("errors"))).contains("rule=no-policy");
	}

	@Test
	void openModeChecksNothing() {
		Policies none = new Policies(new MockEnvironment(), callers(Map.of()), LIMITS);
		assertThatCode(() -> {
			none.requireStart(Caller.ANONYMOUS, INPUTS);
			none.requireRetry(Caller.ANONYMOUS, null, INPUTS);
			none.requireRetry(Caller.ANONYMOUS, "github/web/x", INPUTS);
		}).doesNotThrowAnyException();
	}

	@Test
	void retryIsAllowedByThePolicyOfTheRunsCaller() {
		Policies policies = policies(Map.of("web-release", "web"));
		assertThatCode(() -> policies.requireRetry(caller(null), "github/web-release/x", INPUTS))
			.doesNotThrowAnyException();
		refusal(() -> policies.requireRetry(caller("web"), "github/other/x", INPUTS));
		refusal(() -> policies.requireRetry(caller("web"), null, INPUTS));
	}

	@Test
	void callerWhosePolicyIsNotSetRefusesToStart() {
		assertThatExceptionOfType(RefusedStartException.class).isThrownBy(() -> policies(Map.of("web-release", "wbe")))
			.withMessage(
					"distribute-image.security.callers.web-release.policy must be the name of a policy: wbe is none.");
	}

	@Test
	void limitsAreThoseOfThePolicyWhereItHasAny() {
		WrittenPolicy web = WrittenPolicy.empty().with("limits.starts", "60").with("limits.runs-in-flight", "200");
		Policies policies = new Policies(web.environment(), callers(Map.of("web-release", "web")), LIMITS);
		assertThat(policies.limits("web")).isEqualTo(new Limits(60, 120, 200, 100, 50, 100));
		assertThat(policies.limits("other")).isEqualTo(LIMITS);
		assertThat(policies.limits(null)).isEqualTo(LIMITS);
		assertThat(policies.limitsOf("github/web-release/x")).isEqualTo(policies.limits("web"));
		assertThat(policies.limitsOf("github/gone/x")).isEqualTo(LIMITS);
	}

	private static Policies policies(Map<String, String> callers) {
		return new Policies(EVERYTHING, callers(callers), LIMITS);
	}

	private static Callers callers(Map<String, String> policies) {
		return new Callers() {
			@Override
			public Map<String, String> policies() {
				return policies;
			}

			@Override
			public @Nullable String policyOf(@Nullable String createdBy) {
				return (createdBy != null)
						? policies.get(createdBy.substring(createdBy.indexOf('/') + 1, createdBy.lastIndexOf('/')))
						: null;
			}
		};
	}

	private static Caller caller(@Nullable String policy) {
		return new Caller("github", "web-release", "x", "web", policy, EnumSet.of(Scope.WRITE),
				new Caller.Token(null, null, Instant.EPOCH));
	}

	private static ProblemException refusal(ThrowingCallable call) {
		return Objects.requireNonNull(catchThrowableOfType(ProblemException.class, call));
	}

}
