package dev.distributeimage.security;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import com.nimbusds.jose.jwk.RSAKey;
import dev.distributeimage.provider.Moods.Mood;
import dev.distributeimage.provider.OpenIdProvider;
import dev.distributeimage.provider.ProviderKeys;
import dev.distributeimage.provider.Tokens;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

import org.springframework.boot.security.oauth2.server.resource.autoconfigure.OAuth2ResourceServerProperties;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Tests what an issuer's answers can do, with a clock that is turned. */
@ExtendWith(OutputCaptureExtension.class)
class IssuerKeysTests {

	private static final OpenIdProvider PROVIDER = OpenIdProvider.start();

	private static final Tokens TOKENS = new Tokens(PROVIDER);

	private static final RSAKey INVENTED = ProviderKeys.rsa();

	private volatile Instant now = Clock.systemUTC().instant();

	private Issuers issuers;

	private int fetches;

	@BeforeEach
	void start() {
		PROVIDER.moods().become(Mood.WELL);
		this.issuers = issuers();
		this.issuers.start();
		this.fetches = PROVIDER.moods().fetches();
	}

	private Issuers issuers() {
		OAuth2ResourceServerProperties spring = new OAuth2ResourceServerProperties();
		spring.getJwt().setIssuerUri(PROVIDER.issuer());
		spring.getJwt().setAudiences(List.of(OpenIdProvider.AUDIENCE));
		InstantSource source = () -> this.now;
		return new Issuers(new SecuritySettings(false, List.of(), Map.of(), Map.of()), spring.getJwt(),
				source.withZone(ZoneOffset.UTC));
	}

	@AfterEach
	void stop() {
		this.issuers.destroy();
	}

	@AfterAll
	static void end() {
		PROVIDER.close();
	}

	@Test
	void keysAreFetchedOnceForManyTokens() {
		for (int i = 0; i < 100; i++) {
			assertAccepted(good());
		}
		assertThat(fetched()).isZero();
	}

	@Test
	void keyThatIsNewIsFetched() {
		PROVIDER.rotate();
		assertAccepted(good());
		assertThat(fetched()).isEqualTo(1);
	}

	@Test
	void thousandTokensWithInventedKeysCostOneFetch() {
		for (int i = 0; i < 1000; i++) {
			assertRefused(invented());
		}
		assertThat(fetched()).isEqualTo(1);
	}

	@Test
	void anotherFetchForAnUnknownKeyTakesHalfAMinute() {
		assertRefused(invented());
		PROVIDER.rotate();
		pass(Duration.ofSeconds(29));
		assertRefused(good());
		pass(Duration.ofSeconds(1));
		assertAccepted(good());
	}

	@Test
	void keysAreFetchedInTheBackgroundAheadOfTheirTime() {
		pass(Duration.ofSeconds(250));
		PROVIDER.moods().become(Mood.HANGING);
		assertAccepted(good());
		Awaitility.await().until(() -> fetched() == 1);
		assertAccepted(good());
	}

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = "WELL")
	void keysThatAreKnownOutlastAnIssuerThatIs(Mood mood) {
		PROVIDER.moods().become(mood);
		for (int minutes = 0; minutes < 60; minutes += 10) {
			assertAccepted(good());
			pass(Duration.ofMinutes(9));
		}
	}

	@Test
	void keysAreForgottenAfterAnHourOfOutage() {
		PROVIDER.moods().become(Mood.BROKEN);
		pass(Duration.ofMinutes(61));
		assertUnavailable(good());
		assertUnavailable(invented());
	}

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = "WELL")
	void startAndFirstTokenTakeNoLongerThanAFetchIfTheIssuerIs(Mood mood) {
		PROVIDER.moods().become(mood);
		this.issuers.destroy();
		this.issuers = issuers();
		long begin = System.nanoTime();
		this.issuers.start();
		assertUnavailable(good());
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(30));
	}

	@Test
	void tokenIsVerifiedAgainAfterAMinute() {
		String token = good();
		assertAccepted(token);
		PROVIDER.rotate();
		pass(Duration.ofSeconds(31));
		assertAccepted(good());
		pass(Duration.ofSeconds(28));
		assertAccepted(token);
		pass(Duration.ofSeconds(2));
		assertRefused(token);
	}

	@Test
	void tokenThatExpiresIsRefusedAlthoughItIsRemembered() {
		String token = TOKENS.with(
				(claims) -> claims.issueTime(Date.from(this.now)).expirationTime(Date.from(this.now.plusSeconds(10))));
		assertAccepted(token);
		pass(Duration.ofSeconds(39));
		assertAccepted(token);
		pass(Duration.ofSeconds(2));
		assertRefused(token);
	}

	@Test
	void outageIsOneLineHoweverLongItIs(CapturedOutput output) {
		PROVIDER.moods().become(Mood.BROKEN);
		for (int i = 0; i < 3; i++) {
			pass(Duration.ofMinutes(6));
			assertAccepted(good());
		}
		assertThat(output.getOut().lines().filter((line) -> line.contains("RemoteKeySet"))).singleElement()
			.asString()
			.contains(" WARN ", "The keys of issuer default cannot be fetched", "status 500");
	}

	@Test
	void issuerThatWasAwayAtTheStartIsAskedAgain() {
		PROVIDER.moods().become(Mood.BROKEN);
		this.issuers.destroy();
		this.issuers = issuers();
		this.issuers.start();
		PROVIDER.moods().become(Mood.WELL);
		assertAccepted(good());
	}

	private int fetched() {
		return PROVIDER.moods().fetches() - this.fetches;
	}

	private void pass(Duration time) {
		this.now = this.now.plus(time);
	}

	/** A token that is good at the time that the clock shows. */
	private String good() {
		return TOKENS.with(
				(claims) -> claims.issueTime(Date.from(this.now)).expirationTime(Date.from(this.now.plusSeconds(300))));
	}

	private static String invented() {
		return TOKENS.withKey(INVENTED, UUID.randomUUID().toString());
	}

	private Authentication authenticate(String token) {
		return this.issuers.byToken()
			.resolve(new MockHttpServletRequest())
			.authenticate(new BearerTokenAuthenticationToken(token));
	}

	private void assertAccepted(String token) {
		assertThat(authenticate(token)).isInstanceOf(CallerAuthentication.class);
	}

	private void assertRefused(String token) {
		assertThatExceptionOfType(TokenRefusedException.class).isThrownBy(() -> authenticate(token));
	}

	private void assertUnavailable(String token) {
		assertThatExceptionOfType(KeysUnavailableException.class).isThrownBy(() -> authenticate(token));
	}

}
