package dev.distributeimage.security;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

import io.github.bucket4j.TimeMeter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2Error;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Tests what strangers cost who try to sign in, with a clock that is turned. */
@ExtendWith(OutputCaptureExtension.class)
class StrangersAtSignInTests {

	private static final Authentication SIGN_IN = new TestingAuthenticationToken("anna", "");

	private final AtomicLong nanos = new AtomicLong();

	private final TimeMeter clock = new TimeMeter() {
		@Override
		public long currentTimeNanos() {
			return StrangersAtSignInTests.this.nanos.get();
		}

		@Override
		public boolean isWallClockBased() {
			return false;
		}
	};

	@Test
	void providerIsAskedTenTimesASecond() {
		BoundedSignIns signIns = new BoundedSignIns((signIn) -> signIn, this.clock);
		IntStream.range(0, BoundedSignIns.BURST)
			.forEach((i) -> assertThat(signIns.authenticate(SIGN_IN)).isSameAs(SIGN_IN));
		assertTooMany(signIns);
		pass(Duration.ofMillis(100));
		assertThat(signIns.authenticate(SIGN_IN)).isSameAs(SIGN_IN);
		assertTooMany(signIns);
	}

	@Test
	void providerThatHangsHoldsTwentyThreads() throws Exception {
		CountDownLatch asked = new CountDownLatch(BoundedSignIns.MOST_AT_ONCE);
		CountDownLatch end = new CountDownLatch(1);
		AuthenticationManager hanging = (signIn) -> {
			asked.countDown();
			await(end);
			return signIn;
		};
		BoundedSignIns signIns = new BoundedSignIns(hanging, this.clock);
		ExecutorService people = Executors.newCachedThreadPool();
		List<CompletableFuture<Authentication>> waiting = IntStream.range(0, BoundedSignIns.MOST_AT_ONCE)
			.mapToObj((i) -> CompletableFuture.supplyAsync(() -> signIns.authenticate(SIGN_IN), people))
			.toList();
		asked.await();
		assertTooMany(signIns);
		end.countDown();
		assertThat(waiting).allSatisfy((one) -> assertThat(one.join()).isSameAs(SIGN_IN));
		assertThat(signIns.authenticate(SIGN_IN)).isSameAs(SIGN_IN);
		people.shutdownNow();
	}

	private static void assertTooMany(BoundedSignIns signIns) {
		assertThatExceptionOfType(TooManySignInsException.class).isThrownBy(() -> signIns.authenticate(SIGN_IN));
	}

	private static void await(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void pass(Duration time) {
		this.nanos.addAndGet(time.toNanos());
	}

	@Test
	void failuresFillTenLinesAMinute(CapturedOutput output) {
		FailedSignIns failures = new FailedSignIns(this.clock);
		IntStream.range(0, 1000).forEach((i) -> failures.log(failure("invalid_grant", "x")));
		assertThat(lines(output)).hasSize(FailedSignIns.LINES)
			.allSatisfy((line) -> assertThat(line).contains("invalid_grant; "));
		pass(Duration.ofMinutes(1));
		failures.log(failure("invalid_client", "x"));
		assertThat(lines(output)).hasSize(FailedSignIns.LINES + 1)
			.last()
			.asString()
			.contains("invalid_client; ", "(990 more since the last line)");
	}

	@Test
	void textOfTheProviderIsCut(CapturedOutput output) {
		new FailedSignIns(this.clock).log(failure("x".repeat(10_000), "y".repeat(10_000)));
		assertThat(lines(output)).singleElement().asString().hasSizeLessThan(1000);
	}

	private static OAuth2AuthenticationException failure(String code, String text) {
		return new OAuth2AuthenticationException(new OAuth2Error(code), new IllegalStateException(text));
	}

	private static List<String> lines(CapturedOutput output) {
		return output.getOut().lines().filter((line) -> line.contains("A sign-in to the page failed: ")).toList();
	}

	@Test
	void onlyWhatWasSealedHereIsOpened() {
		Seal seal = new Seal();
		byte[] content = "state".getBytes(StandardCharsets.UTF_8);
		String sealed = seal.close(content);
		assertThat(seal.open(sealed)).isEqualTo(content);
		assertThat(seal.close(content)).isNotEqualTo(sealed);
		assertThat(new Seal().open(sealed)).isNull();
		for (String other : List.of("", "x", "%", "AAAA", sealed.substring(4), "AAAA" + sealed,
				sealed.substring(0, sealed.length() - 4))) {
			assertThat(seal.open(other)).as(other).isNull();
		}
	}

}
