package dev.distributeimage.security;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import dev.distributeimage.DistributeImageApplication;
import dev.distributeimage.provider.ProviderKeys;
import dev.distributeimage.startup.RefusedStartException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.OAuth2ResourceServerProperties;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Tests that the service does not start unless it is clear who may use it. */
@ExtendWith(OutputCaptureExtension.class)
class RefusedStartTests {

	private static final String SPRING = "spring.security.oauth2.resourceserver.jwt.";

	private static final String OURS = "distribute-image.security.";

	private static final String GITHUB = OURS + "issuers.github.";

	private static final String GOOD = GITHUB + "issuer=https://a.example;" + GITHUB + "audiences=b;";

	private static final String CLIENT = "spring.security.oauth2.client.";

	private static final String REGISTRATION = "registration.idp.client-id=page;registration.idp.scope=openid;";

	private static final String CALLER = OURS + "callers.web.";

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = {
			"'' | No issuer is set, so that nobody could sign in: set " + SPRING + "issuer-uri and " + SPRING
					+ "audiences, or " + OURS + "open=true to let everybody do everything.",
			SPRING + "jwk-set-uri=https://a.example/keys | " + SPRING
					+ "issuer-uri must be set to the issuer of the tokens",
			SPRING + "issuer-uri=https://a.example | " + SPRING + "audiences must be set to the names of this service",
			SPRING + "issuer-uri=https://a.example;" + GOOD + " | Issuers are set both by " + SPRING + "* and by "
					+ OURS + "issuers.*: remove one of the two.",
			SPRING + "issuer-uri=https://a.example;" + SPRING + "audiences=b;" + SPRING
					+ "jws-algorithms=RS256,HS256 | " + SPRING + "jws-algorithms must list asymmetric algorithms",
			GITHUB + "audiences=b | " + GITHUB + "issuer must be set",
			GITHUB + "issuer=https://a.example | " + GITHUB + "audiences must be set",
			GITHUB + "issuer=https://a.example;" + GITHUB + "audiences[0]= | " + GITHUB + "audiences must be set",
			GOOD + GITHUB + "algorithms=none | none is not one that is known",
			GOOD + GITHUB + "algorithms= | " + GITHUB + "algorithms must list the algorithms",
			GOOD + GITHUB + "max-lifetime=0s | " + GITHUB + "max-lifetime must be longer than nothing",
			GITHUB + "issuer=http://a.example;" + GITHUB + "audiences=b | " + GITHUB
					+ "issuer must begin with https://",
			GITHUB + "issuer=http://localhost.a.example;" + GITHUB + "audiences=b | must begin with https://",
			GITHUB + "issuer=a.example;" + GITHUB + "audiences=b | " + GITHUB + "issuer must begin with https://",
			GITHUB + "issuer=a;" + GITHUB + "audiences=b;" + GITHUB + "public-key-location=http://a.example/key.pem | "
					+ GITHUB + "public-key-location must begin with https://",
			GOOD + GITHUB + "jwk-set-uri=http://a.example/keys | " + GITHUB + "jwk-set-uri must begin with https://",
			GOOD + GITHUB + "jwk-set-uri=file:/keys | " + GITHUB + "jwk-set-uri must begin with https://",
			GOOD + GITHUB + "jwk-set-uri=https://a.example/keys;" + GITHUB + "public-key-location=file:/nope | "
					+ GITHUB + "jwk-set-uri and " + GITHUB + "public-key-location are both set",
			GOOD + GITHUB + "public-key-location=file:/nope | " + GITHUB
					+ "public-key-location must name a readable file with an RSA public key",
			GOOD + OURS + "issuers.Git_Hub.issuer=x | issuers.Git_Hub is no name",
			GOOD + OURS + "issuers.b.issuer=https://a.example;" + OURS + "issuers.b.audiences=b | are the same",
			GOOD + OURS + "issuers.b.issuer=https://b.example;" + OURS
					+ "issuers.b.audiences=b | Several issuers are set",
			GOOD + CALLER + "scopes=runs:read | " + CALLER + "claims must be set",
			GOOD + CALLER + "claims.sub=a | " + CALLER + "scopes must list some of",
			GOOD + CALLER + "claims.sub=a;" + CALLER + "scopes=runs:red | runs:red is not one of them",
			GOOD + CALLER + "claims.sub=;" + CALLER + "scopes=runs:read | " + CALLER
					+ "claims must give each claim a text",
			GOOD + CALLER + "claims.a.b=c;" + CALLER + "scopes=runs:read | stands in brackets: '[a.b]'",
			GOOD + CALLER + "claims.sub=a;" + CALLER + "scopes=runs:read;" + CALLER + "issuer=gitlab | " + CALLER
					+ "issuer must be set to one of the issuers: github.",
			GOOD + OURS + "callers.Web_1.claims.sub=a | callers.Web_1 is no name" })
	void settingIsRefusedWithASentence(String settings, String sentence) {
		assertThatExceptionOfType(RefusedStartException.class).isThrownBy(() -> issuers(settings))
			.withMessageContaining(sentence)
			.withMessageEndingWith(".");
	}

	@ParameterizedTest
	@ValueSource(strings = { SPRING + "issuer-uri=http://localhost:1;" + SPRING + "audiences=b",
			GITHUB + "issuer=http://127.0.0.1:1/x;" + GITHUB + "audiences=b",
			GITHUB + "issuer=http://[::1];" + GITHUB + "audiences=b",
			GOOD + GITHUB + "jwk-set-uri=HTTPS://a.example/keys",
			GITHUB + "issuer=kubernetes/serviceaccount;" + GITHUB + "audiences=b;" + GITHUB
					+ "jwk-set-uri=https://a.example/keys",
			GOOD + GITHUB + "algorithms=ES256,PS512,RS384",
			GOOD + CALLER + "claims.sub=a;" + CALLER + "scopes=runs:read" })
	void settingIsAccepted(String settings) {
		assertThatCode(() -> issuers(settings).destroy()).doesNotThrowAnyException();
	}

	@Test
	void publicKeyThatDoesNotGoWithTheAlgorithmsIsRefused(@TempDir Path directory) throws Exception {
		Path file = Files.writeString(directory.resolve("key.pem"),
				"-----BEGIN PUBLIC KEY-----\n"
						+ Base64.getMimeEncoder().encodeToString(ProviderKeys.rsa().toRSAPublicKey().getEncoded())
						+ "\n-----END PUBLIC KEY-----\n");
		String settings = GOOD + GITHUB + "public-key-location=file:" + file + ";" + GITHUB + "algorithms=";
		assertThatCode(() -> issuers(settings + "RS256,PS256").destroy()).doesNotThrowAnyException();
		assertThatExceptionOfType(RefusedStartException.class).isThrownBy(() -> issuers(settings + "ES256"))
			.withMessageContaining("an elliptic curve public key");
		assertThatExceptionOfType(RefusedStartException.class).isThrownBy(() -> issuers(settings + "RS256,ES256"))
			.withMessageContaining("needs several: remove the algorithms of the others.");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "--distribute-image.security.open=off" })
	void serviceWithoutAnIssuerDoesNotStart(String setting, CapturedOutput output) {
		assertRefused(setting);
		assertThat(output.getOut()).contains("No issuer is set, so that nobody could sign in")
			.doesNotContain("\tat ", "jdbc");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = {
			"registration.idp.client-secret=x | registration.idp.client-id must be set to the name",
			"registration.idp.client-id= | registration.idp.client-id must be set to the name",
			"registration.idp.client-id=page | registration.idp.scope must list openid",
			REGISTRATION + "registration.idp.scope=runs:read | registration.idp.scope must list openid",
			REGISTRATION + " | provider.idp.issuer-uri must be set to the provider",
			REGISTRATION + "registration.idp.provider=other | provider.other.issuer-uri must be set to the provider",
			REGISTRATION + "provider.idp.token-uri=https://a.example | provider.idp.issuer-uri must be set",
			REGISTRATION + "provider.idp.issuer-uri=http://a.example | provider.idp.issuer-uri must begin with https",
			REGISTRATION + "provider.idp.issuer-uri=https://a.example;provider.idp.token-uri=http://a.example"
					+ " | provider.idp.token-uri must begin with https" })
	void registrationThatNobodyCouldSignInWithIsRefusedWithASentence(String settings, String sentence) {
		Map<String, String> properties = Arrays.stream(settings.strip().split(";"))
			.map((setting) -> setting.split("=", 2))
			.collect(Collectors.toMap((setting) -> CLIENT + setting[0], (setting) -> setting[1], (a, b) -> b));
		assertThatExceptionOfType(RefusedStartException.class)
			.isThrownBy(() -> PageRegistration.of(new Binder(new MapConfigurationPropertySource(properties))))
			.withMessageStartingWith(CLIENT)
			.withMessageContaining(sentence)
			.withMessageEndingWith(".");
	}

	@Test
	void serviceWhosePageHasNoClientIdDoesNotStart(CapturedOutput output) {
		assertRefused("--" + SPRING + "issuer-uri=https://a.example", "--" + SPRING + "audiences=b",
				"--" + CLIENT + "registration.idp.client-secret=x");
		assertThat(output.getOut()).contains(CLIENT + "registration.idp.client-id must be set")
			.doesNotContain("\tat ", "jdbc");
	}

	@ParameterizedTest
	@ValueSource(strings = { "true", "on", "yes", "1" })
	void openServiceWithAnIssuerDoesNotStart(String open, CapturedOutput output) {
		assertRefused("--distribute-image.security.open=" + open,
				"--spring.security.oauth2.resourceserver.jwt.issuer-uri=https://a.example");
		assertThat(output.getOut()).contains("lets everybody do everything, although an issuer is set");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "server.forward-headers-strategy=native | nobody has said whose",
					"server.forward-headers-strategy= | nobody has said whose",
					"server.tomcat.remoteip.remote-ip-header=x-forwarded-for | nobody has said whose",
					"server.tomcat.remoteip.protocol-header=x-forwarded-proto | nobody has said whose",
					"server.forward-headers-strategy=framework | believes everybody" })
	void serviceThatBelievesAnybodysHeadersDoesNotStart(String setting, String sentence, CapturedOutput output) {
		assertRefused("--distribute-image.security.open=true", "--" + setting);
		assertThat(output.getOut()).contains(sentence,
				"server.tomcat.remoteip.internal-proxies to the addresses of your proxies");
	}

	private static void assertRefused(String... arguments) {
		String[] all = Arrays.copyOf(arguments, arguments.length + 1);
		all[arguments.length] = "--spring.config.location=classpath:/application.yml";
		assertThatExceptionOfType(Exception.class)
			.isThrownBy(() -> new SpringApplicationBuilder(DistributeImageApplication.class).run(all).close())
			.satisfies((ex) -> assertThat(NestedExceptionUtils.getMostSpecificCause(ex))
				.isInstanceOf(RefusedStartException.class));
	}

	@Test
	void handlerWithoutARuleIsRefused() throws Exception {
		RequestMappingHandlerMapping handlers = new RequestMappingHandlerMapping();
		handlers.registerMapping(RequestMappingInfo.paths("/v1/runs").methods(RequestMethod.GET).build(),
				new Handlers(), Handlers.class.getDeclaredMethod("handle"));
		HandlerRuleCheck mapped = new HandlerRuleCheck(List.of(handlers));
		assertThatCode(mapped::afterSingletonsInstantiated).doesNotThrowAnyException();
		handlers.registerMapping(RequestMappingInfo.paths("/v1/secrets").build(), new Handlers(),
				Handlers.class.getDeclaredMethod("handle"));
		assertThatExceptionOfType(RefusedStartException.class).isThrownBy(mapped::afterSingletonsInstantiated)
			.withMessage("GET /v1/secrets has no rule that says who may use it: add one to AccessRules.");
	}

	private static Issuers issuers(String settings) {
		Map<String, String> properties = Arrays.stream(settings.split(";"))
			.filter((setting) -> !setting.isEmpty())
			.collect(Collectors.toMap((setting) -> setting.substring(0, setting.indexOf('=')),
					(setting) -> setting.substring(setting.indexOf('=') + 1)));
		Binder binder = new Binder(List.of(new MapConfigurationPropertySource(properties)), null,
				ApplicationConversionService.getSharedInstance());
		return new Issuers(binder.bindOrCreate("distribute-image.security", SecuritySettings.class),
				binder
					.bindOrCreate("spring.security.oauth2.resourceserver",
							Bindable.of(OAuth2ResourceServerProperties.class))
					.getJwt(),
				Clock.systemUTC());
	}

	static class Handlers {

		void handle() {
			// Only its mapping matters.
		}

	}

}
