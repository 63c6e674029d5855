package dev.distributeimage.audit;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;

import dev.distributeimage.TestPostgres;
import dev.distributeimage.api.ApiTest;
import dev.distributeimage.api.Http;
import dev.distributeimage.api.Requests;
import dev.distributeimage.provider.SecuredTest;
import io.micrometer.core.instrument.MeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.TestPropertySource;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests that refusals hold nobody up, even where their table takes none. */
@ApiTest
@TestPropertySource(properties = { Requests.POLICY, "distribute-image.limits.validations=5" })
class AuditFloodTests implements SecuredTest {

	private static final int REFUSED = 10_000;

	private static final int AT_ONCE = 50;

	/** The service answers within that, however busy it is. */
	private static final Duration GOOD = Duration.ofSeconds(5);

	@Test
	void tenThousandRefusalsHoldNobodyUpAndAreRecorded(@LocalServerPort int port, @Autowired JdbcClient jdbc,
			@Autowired TransactionTemplate transaction, @Autowired MeterRegistry metrics) {
		TestPostgres.empty(jdbc);
		Http http = new Http(port);
		String token = "Bearer " + PROVIDER.token("web", "runs:read");
		assertThat(http.get("/v1/runs", "Authorization", token).statusCode()).as("warm").isEqualTo(200);
		try (AuditedLog log = new AuditedLog()) {
			long begin = System.nanoTime();
			transaction.executeWithoutResult((status) -> {
				jdbc.sql("set local idle_in_transaction_session_timeout = 0").update();
				jdbc.sql("lock table audit_event in access exclusive mode").update();
				flood(http, token);
			});
			long seconds = secondsTouched(begin);
			Awaitility.await()
				.atMost(Duration.ofSeconds(60))
				.untilAsserted(() -> assertThat(rows(jdbc) + dropped(metrics)).isEqualTo(REFUSED));
			assertThat(dropped(metrics)).isZero();
			Awaitility.await()
				.atMost(Duration.ofSeconds(10))
				.untilAsserted(() -> assertThat(log.events().stream().mapToLong(AuditFloodTests::told).sum())
					.isEqualTo(REFUSED));
			assertThat(log.events()).hasSizeLessThanOrEqualTo((int) (12 * seconds));
		}
	}

	@Test
	void callerBeyondItsLimitFillsNeitherTheLogNorTheTable(@LocalServerPort int port, @Autowired JdbcClient jdbc) {
		TestPostgres.empty(jdbc);
		Http http = new Http(port);
		String token = "Bearer " + PROVIDER.token("watcher", "runs:write");
		try (AuditedLog log = new AuditedLog()) {
			long begin = System.nanoTime();
			for (int i = 0; i < 1_000; i++) {
				http.post("/v1/runs?validateOnly=true", Requests.withoutToken(), "Authorization", token);
			}
			long seconds = secondsTouched(begin);
			Awaitility.await()
				.untilAsserted(() -> assertThat(
						jdbc.sql("select sum(coalesce(more, 1)) from audit_event where event = 'limit.refused'")
							.query(Long.class)
							.optional())
					.hasValueSatisfying((told) -> assertThat(told).isEqualTo(1_000 - validated(jdbc))));
			assertThat(rows(jdbc) - validated(jdbc)).isLessThanOrEqualTo((LimitRefusals.OF_THEIR_OWN + 1) * seconds);
			assertThat(log.events()).hasSize((int) rows(jdbc));
		}
	}

	// The first and the last of them may have been touched for a moment only.
	private static long secondsTouched(long begin) {
		return Duration.ofNanos(System.nanoTime() - begin).toSeconds() + 2;
	}

	private static long validated(JdbcClient jdbc) {
		return jdbc.sql("select count(*) from audit_event where event = 'run.validate'").query(Long.class).single();
	}

	// As many as that are always under way.
	private static void flood(Http http, String token) {
		Queue<CompletableFuture<HttpResponse<String>>> strangers = new ArrayDeque<>();
		for (int i = 0; i < REFUSED; i++) {
			if (strangers.size() == AT_ONCE) {
				assertThat(strangers.remove().join().statusCode()).isEqualTo(401);
			}
			strangers.add(http.getAsync("/v1/runs"));
			if (i % 200 == 0) {
				long asked = System.nanoTime();
				assertThat(http.get("/v1/runs", "Authorization", token).statusCode()).isEqualTo(200);
				assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(GOOD);
			}
		}
		assertThat(List.copyOf(strangers)).allSatisfy((one) -> assertThat(one.join().statusCode()).isEqualTo(401));
	}

	private static long told(JsonNode line) {
		return line.has("more") ? line.path("more").asLong() : 1;
	}

	private static long rows(JdbcClient jdbc) {
		return jdbc.sql("select count(*) from audit_event").query(Long.class).single();
	}

	private static long dropped(MeterRegistry metrics) {
		return (long) metrics.get("distribute.image.audit.dropped").counter().count();
	}

}
