package dev.distributeimage.chaos;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import dev.distributeimage.ServiceProcess;
import dev.distributeimage.TestPostgres;
import dev.distributeimage.simulator.Simulator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

/** Row 22: thousands of clients that send slowly, or do not read. */
@Tag("chaos")
@TestInstance(Lifecycle.PER_CLASS)
class SlowClientsIT {

	private static final int CLIENTS = Chaos.times(1_100, 2_000);

	private static final Duration TIME = Duration.ofSeconds(Chaos.times(1, 30));

	/**
	 * In short form the machine may be too busy for a moment. A slow client is given up
	 * much later.
	 */
	private static final Duration PATIENCE = Duration.ofSeconds(Chaos.times(5, 0));

	private static final Duration DRIP = Duration.ofSeconds(5);

	private static final String HEAD = "POST /v1/runs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";

	private Simulator simulator;

	private ServiceProcess service;

	@BeforeAll
	void start() {
		this.simulator = Simulator.start();
		this.simulator.pace(Duration.ofHours(1));
		this.service = ServiceProcess.start(new TestPostgres().newDatabase(), this.simulator.endpoint());
		new Bystander(this.service, "warm-up").callFor(Duration.ofSeconds(Chaos.times(1, 10)));
	}

	@AfterAll
	void close() {
		this.service.close();
		this.simulator.close();
	}

	@Test
	void headersThatDripHoldNobodyUp() throws IOException {
		unharmed("headers", "GET /v1/runs HTTP/1.1\r\nHost: localhost\r\nX: ");
	}

	@Test
	void bodiesThatDripHoldNobodyUp() throws IOException {
		unharmed("bodies", HEAD + "Content-Length: 900\r\n\r\n{");
	}

	@Test
	void bodiesInChunksThatDripHoldNobodyUp() throws IOException {
		unharmed("chunks", HEAD + "Transfer-Encoding: chunked\r\n\r\n384\r\n{");
	}

	@Test
	void bodiesNobodyAsksForHoldNobodyUp() throws IOException {
		unharmed("unexpected", "GET /nothing HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900\r\n\r\n{");
	}

	@Test
	void bodiesOfRefusedRequestsHoldNobodyUp() throws IOException {
		unharmed("refused", "POST /v1/runs HTTP/1.1\r\nHost: rebind.example\r\nContent-Length: 900\r\n\r\n{");
	}

	@Test
	void bodiesOfWebPagesHoldNobodyUp() throws IOException {
		unharmed("cross-site", HEAD + "Sec-Fetch-Site: cross-site\r\nTransfer-Encoding: chunked\r\n\r\n384\r\n{");
	}

	@Test
	void bodiesThatAreAnnouncedAndNotSentTakeNoRoom() throws IOException {
		unharmed("announced", HEAD + "Content-Length: 1048575\r\n\r\n");
	}

	@Test
	void responsesThatAreNotReadHoldNobodyUp() throws IOException {
		String list = "GET /v1/runs?pageSize=500 HTTP/1.1\r\nHost: localhost\r\n\r\n";
		unharmed("unread", list);
	}

	@Test
	void clientsThatAreTooSlowAreGivenUp() throws IOException {
		String large = "GET /swagger-ui/swagger-ui-bundle.js HTTP/1.1\r\nHost: localhost\r\n\r\n";
		try (SlowClients senders = new SlowClients(port()); SlowClients readers = new SlowClients(port())) {
			senders.open(1, HEAD + "Content-Length: 900\r\n\r\n{").drip(Duration.ofSeconds(1));
			// More than the sockets buffer.
			readers.open(1, large.repeat(20));
			Awaitility.await()
				.atMost(60, TimeUnit.SECONDS)
				.untilAsserted(
						() -> assertThat(senders.statusLines()).singleElement().asString().startsWith("HTTP/1.1 408"));
			Awaitility.await().atMost(60, TimeUnit.SECONDS).until(readers::areGivenUp);
		}
	}

	@Test
	void headersThatDripAtAProxyAreEndedThere() throws IOException {
		Chaos.need(22, Nginx.isInstalled(), "nginx");
		try (Nginx proxy = Nginx.inFrontOf(port()); SlowClients clients = new SlowClients(proxy.port())) {
			clients.open(CLIENTS, "GET /v1/runs HTTP/1.1\r\nHost: localhost\r\nX: ").drip(Duration.ofSeconds(1));
			Bystander bystander = new Bystander(this.service.behind(proxy.uri("")), "proxy", PATIENCE).callFor(TIME);
			assertThat(bystander.failures()).as(bystander.toString()).isEmpty();
			Awaitility.await().atMost(60, TimeUnit.SECONDS).until(clients::areGivenUp);
			Chaos.held(22, "%,d clients that send headers a byte per second to nginx".formatted(CLIENTS),
					bystander.toString());
		}
	}

	private void unharmed(String what, String sent) throws IOException {
		Bystander bystander = new Bystander(this.service, what, PATIENCE);
		try (SlowClients clients = new SlowClients(port())) {
			clients.open(CLIENTS, sent).drip(DRIP);
			// Thousands of requests at once are too many, even of clients that read.
			Awaitility.await()
				.atMost(Duration.ofSeconds(30))
				.until(() -> this.service.answer("/v1/runs?pageSize=1").statusCode() == 200);
			bystander.callFor(TIME);
		}
		String measured = "%s: %s".formatted(what, bystander);
		assertThat(bystander.failures()).as(measured).isEmpty();
		if (Chaos.times(0, 1) == 1) {
			assertThat(bystander.p99OfGets()).as(measured).isLessThanOrEqualTo(100);
			assertThat(bystander.p99OfPosts()).as(measured).isLessThanOrEqualTo(100);
		}
		Chaos.held(22, "%,d clients that send a byte every 5 s, or do not read".formatted(CLIENTS), measured);
	}

	private int port() {
		return this.service.uri("/").getPort();
	}

}
